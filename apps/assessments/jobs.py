"""Work on assessments that takes longer than a request."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.assessments.models import Assessment
from apps.assessments.permissions import GradingOfAssessmentPolicy
from apps.assessments.serializers import AttemptChangeSerializer, RegradeRulesSerializer
from apps.assessments.services.regrading import AttemptChange, batches_of, handed_in_at, regrade_batch
from apps.core.jobs import JobFailed, JobKind, JobRun, RowResult, register_job
from apps.core.models import Job, JobRow
from apps.core.policies import Actor
from apps.users.models import User
from apps.users.scopes import account_scope

REGRADE: Final = "assessments.regrade"


class MayNotRegrade(JobFailed):
    """Who started it has lost the right, or the assessment is gone."""

    code = "permission_denied"
    default_detail = "You may not grade this assessment any more. What was graded anew before stays."


def regrade_in_background(run: JobRun) -> None:
    """Grade the attempts at an assessment anew, batch by batch; each change is a row, kept or lost with its batch.

    It goes by the rules of its beginning, and ends where who started it loses the right. A run that takes over from a
    dead one leaves out what has its row, and finds the rest as it is: graded anew already, or not.
    """
    assessment, by = _permitted(run)
    wanted, is_dry_run = run.parameters["attempts"], run.parameters["dry_run"]
    told = dict(JobRow.objects.filter(job=run.job).values_list("reference__attempt", "index"))
    named = None if wanted is None else [UUID(attempt) for attempt in wanted]
    found = handed_in_at(assessment, named, by=by).order_by("id").values_list("id", flat=True)
    ids = [attempt_id for attempt_id in found if str(attempt_id) not in told]
    count, done = max(told.values(), default=-1) + 1, len(told)
    run.advance(done, total=done + len(ids), force=True)
    for batch in batches_of(ids):
        _permitted(run)
        with transaction.atomic():
            changes = regrade_batch(
                assessment=assessment, ids=batch, by=by, reason=run.parameters["reason"], is_dry_run=is_dry_run
            )
            run.add_rows([_row(count + place, change) for place, change in enumerate(changes)])
        count, done = count + len(changes), done + len(batch)
        run.advance(done, force=True)
    rules = RegradeRulesSerializer(assessment).data
    run.set_result(dry_run=is_dry_run, attempts=done, changed=count, rules=rules)


def _permitted(run: JobRun) -> tuple[Assessment, User]:
    assessment = _assessment_of(run.job)
    by = _account(run.actor_id)
    if assessment is None or by is None or not (by.is_active and _may_regrade(by, assessment)):
        raise MayNotRegrade
    return assessment, by


def _account(user_id: UUID) -> User | None:
    """Return the account, of the school or of the platform's staff."""
    found = User.objects.filter(id=user_id).first()
    if found is not None:
        return found
    with account_scope(None):
        return User.objects.filter(id=user_id, is_platform_staff=True).first()


def _assessment_of(job: Job) -> Assessment | None:
    return Assessment.objects.filter(id=job.parameters["assessment"]).first()


def _may_regrade(actor: Actor, assessment: Assessment) -> bool:
    return GradingOfAssessmentPolicy.can(actor, "regrade", assessment)


def _row(index: int, change: AttemptChange) -> RowResult:
    data: dict[str, Any] = dict(AttemptChangeSerializer(change).data)
    reference = {"attempt": data.pop("attempt"), "user": data.pop("user")}
    return RowResult(index=index, state="done", reference=reference, data=data)


def may_see_regrade(actor: Actor, job: Job) -> bool:
    """Whether the actor may still grade the assessment."""
    assessment = _assessment_of(job)
    return assessment is not None and _may_regrade(actor, assessment)


register_job(
    JobKind(name=REGRADE, title="Regrade of an assessment", run=regrade_in_background, may_see=may_see_regrade)
)
