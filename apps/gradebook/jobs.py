"""Work on gradebooks that takes longer than a request: many cells, exports, final grades."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.jobs import JobFailed, JobKind, JobRun, register_job
from apps.core.models import Job, JobRow
from apps.core.policies import Actor
from apps.courses.models import Course
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.permissions import FinalGradePolicy, GradebookPolicy
from apps.gradebook.selectors.export import sheet_of
from apps.gradebook.services.bulk import BULK_EDIT, from_json, rows_of
from apps.gradebook.services.cells import change_grades
from apps.gradebook.services.exporting import CHUNKS, EXPORT, MEDIA_TYPES, name_of
from apps.gradebook.services.freezing import (
    FREEZE,
    LEARNERS_AT_ONCE,
    Hold,
    HoldLost,
    RulesChanged,
    compute_final_grades,
    finish_freeze,
    learners_of,
    take_hold,
    terms_of,
)
from apps.gradebook.services.locking import GradebookFreezing, GradebookFrozen
from apps.users.models import User
from apps.users.scopes import account_scope

CHANGES_AT_ONCE: Final = 200
GRADEBOOK: Final = "history"


class _NotAllowed(JobFailed):
    code = "permission_denied"
    default_detail = "You may not do this in the gradebook of this course any more. What was done before stays."


class _Frozen(JobFailed):
    code = GradebookFrozen.code
    default_detail = GradebookFrozen.default_detail


class _Freezing(JobFailed):
    code = GradebookFreezing.code
    default_detail = GradebookFreezing.default_detail


class _HoldLost(JobFailed):
    code = HoldLost.code
    default_detail = HoldLost.default_detail


_FAILURES: Final = {GradebookFrozen: _Frozen, GradebookFreezing: _Freezing, HoldLost: _HoldLost}


@contextmanager
def _failing() -> Iterator[None]:
    """Let the job fail with the words of a gradebook that does not let it go on."""
    try:
        yield
    except tuple(_FAILURES) as error:
        raise _FAILURES[type(error)] from error


def edit_in_background(run: JobRun) -> None:
    """Change the cells batch by batch; what became of a batch is kept or lost with it, so none is done twice."""
    wanted, reason = run.parameters["changes"], run.parameters["reason"]
    done = JobRow.objects.filter(job=run.job).count()
    while done < len(wanted):
        run.advance(done, force=True)
        course, by = _permitted(run, "bulk_edit")
        changes = [from_json(change) for change in wanted[done : done + CHANGES_AT_ONCE]]
        with _failing(), transaction.atomic():
            results = change_grades(course_id=course.id, changes=changes, by=by, reason=reason)
            run.add_rows(list(rows_of(results, start=done)))
        done += len(changes)
    run.advance(done, force=True)


def export_in_background(run: JobRun) -> None:
    """Write the gradebook into a file."""
    course, _ = _permitted(run, "export")
    file_format, status = run.parameters["format"], run.parameters["status"]
    now = timezone.now()
    sheet = sheet_of(course.id, statuses=[status] if status else OPEN_THE_CONTENT, now=now)
    count = sheet.count()
    run.advance(0, total=count, force=True)
    run.write_file(
        name=name_of(course, file_format=file_format, now=now),
        media_type=MEDIA_TYPES[file_format],
        chunks=CHUNKS[file_format](sheet, told=run.advance),
    )
    run.set_result(learners=count, items=len(sheet.items))
    run.advance(count, force=True)


def freeze_in_background(run: JobRun) -> None:
    """Compute the final grades, and let all of them stand at once."""
    course, by = _permitted(run, "freeze")
    with _failing():
        with transaction.atomic():
            hold = take_hold(course_id=course.id, job_id=run.job.id, now=timezone.now())
            run.advance(0, force=True)
        while hold is not None and not _frozen(run, hold, by=by):
            pass  # something has changed how the course counts: begin anew
    run.set_result(learners=len(learners_of(course.id)))


def _frozen(run: JobRun, hold: Hold, *, by: User) -> bool:
    """Compute all final grades and let them stand; False when the course came to count in another way meanwhile.

    Progress is told inside of each transaction: a run that has lost the job, or is to stop, writes nothing.
    """
    terms = terms_of(hold)
    learners = learners_of(hold.course_id)
    try:
        for start in range(0, len(learners), LEARNERS_AT_ONCE):
            batch = learners[start : start + LEARNERS_AT_ONCE]
            with transaction.atomic():
                compute_final_grades(hold, terms=terms, user_ids=batch)
                run.advance(start + len(batch), total=len(learners), force=True)
        with transaction.atomic():
            _permitted(run, "freeze")  # still
            finish_freeze(hold, terms=terms, by=by)
            run.advance(len(learners), force=True)
    except RulesChanged:
        return False
    return True


def _permitted(run: JobRun, action: str) -> tuple[Course, User]:
    """Return the course and whose work it is, as long as they may.

    Raises:
        _NotAllowed: the course is gone, or the account, or its right.
    """
    course, by = _course_of(run.job), _account(run.actor_id)
    policy = FinalGradePolicy if action == "freeze" else GradebookPolicy
    if course is None or by is None or not (by.is_active and policy.can(by, action, course)):
        raise _NotAllowed
    return course, by


def _account(user_id: UUID) -> User | None:
    """Return the account, of the school or of the platform's staff."""
    found = User.objects.filter(id=user_id).first()
    if found is not None:
        return found
    with account_scope(None):
        return User.objects.filter(id=user_id, is_platform_staff=True).first()


def _course_of(job: Job) -> Course | None:
    subject: Any = job.subject_id
    return Course.objects.filter(id=subject).first()


def may_see(actor: Actor, job: Job) -> bool:
    """Whether the actor may still read the gradebook that the job is about."""
    course = _course_of(job)
    return course is not None and GradebookPolicy.can(actor, GRADEBOOK, course)


register_job(
    JobKind(name=BULK_EDIT, title="Change of many grades", run=edit_in_background, may_see=may_see)
)  # fmt: skip
register_job(JobKind(name=EXPORT, title="Export of a gradebook", run=export_in_background, may_see=may_see))
register_job(JobKind(name=FREEZE, title="Freeze of final grades", run=freeze_in_background, may_see=may_see))
