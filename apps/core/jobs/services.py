"""Start, stop and repeat background work."""

from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.core.choices import JobState
from apps.core.errors import Conflict, DomainError, NotFound
from apps.core.jobs.dispatching import dispatch_on_commit
from apps.core.jobs.ending import WITHOUT_FILE, discard_on_commit, finish
from apps.core.jobs.registry import kind_called
from apps.core.jobs.states import FIRST_PICKUP, MOST_UNFINISHED, UNFINISHED, may_follow
from apps.core.models import Job, JobRow
from apps.core.policies import Actor
from apps.core.request_context import current_request_id
from apps.core.tenancy.context import current_tenant_id

RETRY_AFTER: Final = 10


class TooManyJobs(DomainError):
    """One person has started more than others could wait for."""

    status = 429
    code = "too_many_jobs"
    default_detail = (
        f"{MOST_UNFINISHED} jobs of yours are not finished yet, and nobody may have more. Wait for one to end, "
        "or cancel one."
    )

    def __init__(self) -> None:
        super().__init__(extra={"retry_after": RETRY_AFTER})


class JobHasEnded(Conflict):
    """The job is in a state that does not allow this."""

    code = "job_finished"
    default_detail = "This job has come to its end, so there is nothing to cancel."


class JobNotRetryable(Conflict):
    """The job has not failed and was not cancelled, so there is nothing to try again."""

    code = "job_not_retryable"
    default_detail = "Only a job that failed or was cancelled can be tried again."


class JobNotCancellable(Conflict):
    """Jobs of this kind run to their end."""

    code = "job_not_cancellable"
    default_detail = "A job of this kind can't be stopped: wait for its end."


@transaction.atomic
def start_job(
    *,
    kind: str,
    parameters: dict[str, Any],
    by: Actor,
    total: int | None = None,
    subject_id: UUID | None = None,
) -> Job:
    """Put a job in the queue; a worker takes it up once the surrounding transaction has committed.

    Args:
        kind: the name of a registered `JobKind`.
        parameters: what its `run` needs: ids and choices, as JSON.
        by: who starts it: its owner, as whom it runs.
        total: how many steps there are, if that is known.
        subject_id: what it is about, a course for example.

    Raises:
        ValueError: no such kind is registered.
        TooManyJobs: the person has `MOST_UNFINISHED` of them that have not ended.
    """
    if kind_called(kind) is None or by.id is None:
        message = f"{kind} is no registered kind of job, or nobody starts it."
        raise ValueError(message)
    _require_room(by.id)
    now = timezone.now()
    job = Job.objects.create(
        kind=kind,
        parameters=parameters,
        created_by_id=by.id,
        subject_id=subject_id,
        total=total,
        request_id=current_request_id(),
        created_at=now,
        due_at=now + FIRST_PICKUP,
    )
    dispatch_on_commit(job)
    return job


def _require_room(person_id: UUID) -> None:
    """Refuse one more job of this person than there may be; whoever asks at the same moment waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"jobs:{current_tenant_id()}:{person_id}"]
        )
    if Job.objects.filter(created_by_id=person_id, state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        raise TooManyJobs


@transaction.atomic
def cancel_job(*, job: Job, by: Actor) -> Job:
    """Stop the job: at once while it waits, else at the next moment when its work looks up.

    A job that reaches its end before it has noticed has succeeded. Whoever stops it twice stops it once.

    Raises:
        NotFound: it is not there any more.
        JobHasEnded: it has come to its end.
        JobNotCancellable: its kind does not allow it.
    """
    del by  # who may is the policy's matter, and nothing is kept of who did
    held = _locked(job)
    if not may_follow(held.state, JobState.CANCELLED):
        raise JobHasEnded
    kind = kind_called(held.kind)
    if kind is not None and not kind.is_cancellable:
        raise JobNotCancellable
    now = timezone.now()
    row = Job.objects.filter(id=job.id)
    if held.state == JobState.QUEUED:
        finish(row, job=held, state=JobState.CANCELLED, now=now, facts={"cancel_requested_at": now})
    elif held.cancel_requested_at is None:
        row.update(cancel_requested_at=now, version=F("version") + 1)
    held.refresh_from_db()
    return held


@transaction.atomic
def retry_job(*, job: Job, by: Actor) -> Job:
    """Put a job that failed or was cancelled back in the queue, without what it had left: rows, result, error.

    Raises:
        NotFound: it is not there any more.
        JobNotRetryable: it is on its way, or has succeeded.
        TooManyJobs: its owner has `MOST_UNFINISHED` others that have not ended.
    """
    del by  # it runs as its owner, whoever tries it again
    _require_room(job.created_by_id)
    held = _locked(job)
    if not may_follow(held.state, JobState.QUEUED):
        raise JobNotRetryable
    JobRow.objects.filter(job=held).delete()
    discard_on_commit(held.result_key)
    Job.objects.filter(id=held.id).update(
        **_AS_NEW,
        **WITHOUT_FILE,
        attempts_before=F("attempts"),
        due_at=timezone.now() + FIRST_PICKUP,
        version=F("version") + 1,
    )
    held.refresh_from_db()
    dispatch_on_commit(held)
    return held


_AS_NEW: Final[dict[str, Any]] = {
    "state": JobState.QUEUED,
    "done": 0,
    "rows_done": 0,
    "rows_unchanged": 0,
    "rows_failed": 0,
    "result": {},
    "error_code": "",
    "error_detail": "",
    "started_at": None,
    "heartbeat_at": None,
    "cancel_requested_at": None,
    "finished_at": None,
    "expires_at": None,
}


def _locked(job: Job) -> Job:
    held = Job.objects.select_for_update().filter(id=job.id).first()
    if held is None:
        raise NotFound
    return held
