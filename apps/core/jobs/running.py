"""The work itself: taken up by one worker at a time, told apart from one that is taken for dead.

A job is claimed by raising `attempts`, and every write of the run names the number that it got: when another worker
has taken the job over, or somebody has retried it, the number is another one and the write changes nothing.
"""

import dataclasses
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.core.actor_context import actor_context
from apps.core.choices import JobState
from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.core.jobs.ending import discard, discard_on_commit, finish
from apps.core.jobs.registry import kind_called
from apps.core.jobs.rows import store_rows
from apps.core.jobs.states import LOST_AFTER, MOST_ATTEMPTS
from apps.core.models import Job
from apps.core.request_context import request_id_context
from apps.core.storage import StorageUnavailable, object_store
from apps.core.storage.delivery import media_type_of
from apps.core.tenancy.context import tenant_context

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WRITES: Final = 1.0


class JobFailed(DomainError):
    """The work can't be done, for a reason that the person may read; subclasses have a code of their own."""

    status = 409
    code = "job_failed"


class _Interrupted(JobFailed):
    code = "internal_error"
    default_detail = "The server failed at this. Try again; if it fails again, quote the job's id to your operator."


class _TooLong(JobFailed):
    code = "job_timeout"
    default_detail = "This took longer than a job may take. Try again with less at once."


class _WorkerLost(JobFailed):
    code = "worker_lost"
    default_detail = f"The server stopped in the middle of this {MOST_ATTEMPTS} times. Try again later."


class _UnknownKind(JobFailed):
    code = "unknown_kind"
    default_detail = "This version of the server does not know such jobs."


class _NotStored(JobFailed):
    code = StorageUnavailable.code
    default_detail = "The file storage did not take the file. Try again in a moment."


class JobCancelled(Exception):
    """Somebody stopped the job: let it pass."""


class JobLost(Exception):
    """Another worker has the job by now, and nothing of this run counts any more: let it pass."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What the job did with one row of its input.

    Args:
        index: which row, from 0.
        state: what became of it.
        reference: the ids that it is about; small.
        code, field, detail: why it failed, as in the error envelope; shortened where they are too long.
        data: further facts for the client, a preview for example; small.
    """

    index: int
    state: Literal["done", "unchanged", "failed"]
    reference: dict[str, Any] = dataclasses.field(default_factory=dict)
    code: str = ""
    field: str = ""
    detail: str = ""
    data: dict[str, Any] = dataclasses.field(default_factory=dict)


class JobRun:
    """One run of a job: what the work gets to know, and by which it tells how it goes.

    Every method raises `JobLost` when another worker has taken the job over, and `JobCancelled` (but for `set_result`)
    when somebody has stopped it; the work lets both pass.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.parameters: dict[str, Any] = job.parameters
        self.actor_id: UUID = job.created_by_id
        self._done = 0
        self._total = job.total
        self._written_at = float("-inf")

    def advance(self, done: int, *, total: int | None = None, force: bool = False) -> None:
        """Tell how far the work is; written at most once a second, unless `force`. To be called once a minute at least.

        Args:
            done: how many steps are; more than there are count as all of them.
            total: how many there are, when that has become known.
            force: write it now.
        """
        if total is not None:
            self._total = max(total, 0)
        self._done = max(done, 0) if self._total is None else min(max(done, 0), self._total)
        self._beat(force=force)

    def add_rows(self, rows: Sequence[RowResult]) -> None:
        """Store what became of some rows; one that was stored before, by its index, is replaced.

        Inside a transaction of the work both are kept or lost together. Outside of one, what is told here is kept
        even when the job has been stopped meanwhile.
        """
        with transaction.atomic():
            if not self._held.select_for_update().exists():
                raise JobLost
            store_rows(self._held, job=self.job, rows=rows)
        self._beat(force=True)

    def set_result(self, **facts: Any) -> None:
        """Store a small summary, for the client to read."""
        self._write(result=facts)

    def write_file(self, *, name: str, media_type: str, chunks: Iterable[bytes]) -> None:
        """Stream the result into the object store, in the place of an earlier one.

        Args:
            name: what it is to be called when it is downloaded.
            media_type: what it is.
            chunks: its bytes, piece by piece; never held together.

        Raises:
            JobFailed: the store did not take it; nothing of it is left.
        """
        key = f"{self.job.tenant_id}/jobs/{self.job.id}/{new_id()}"
        try:
            size = object_store().write(key, self._alive(chunks), media_type=media_type_of(media_type))
            self._keep_file(key, name=name, media_type=media_type, size=size)
        except StorageUnavailable as error:
            discard(key)
            raise _NotStored from error
        except BaseException:
            discard(key)
            raise

    @property
    def _held(self) -> QuerySet[Job]:
        """The job, as long as it is this run's."""
        return Job.objects.filter(id=self.job.id, attempts=self.job.attempts, state=JobState.RUNNING)

    def _alive(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._beat()
            yield chunk

    @transaction.atomic
    def _keep_file(self, key: str, *, name: str, media_type: str, size: int) -> None:
        before = self._held.select_for_update().values_list("result_key", flat=True).first()
        self._write(
            result_key=key,
            result_name=_plain(name)[:255] or "result",
            result_media_type=media_type_of(media_type)[:255],
            result_size=size,
        )
        discard_on_commit(before or "")

    def _beat(self, *, force: bool = False) -> None:
        if not force and time.monotonic() - self._written_at < SECONDS_BETWEEN_WRITES:
            return
        now = timezone.now()
        is_ours = self._held.filter(cancel_requested_at=None).update(
            done=self._done,
            total=self._total,
            heartbeat_at=now,
            due_at=now + LOST_AFTER,
            version=F("version") + 1,
        )
        if not is_ours:
            raise JobCancelled if self._held.exists() else JobLost
        self._written_at = time.monotonic()

    def _write(self, **changes: Any) -> None:
        if not self._held.update(version=F("version") + 1, **changes):
            raise JobLost

    def end(self, state: JobState, error: JobFailed | None = None) -> bool:
        """End the job, unless another worker has it; return whether it was ours. For `run_job`."""
        facts: dict[str, Any] = {"done": self._done, "total": self._total}
        if error is not None:
            facts |= {"error_code": error.code[:100], "error_detail": _plain(error.detail)}
        return finish(self._held, job=self.job, state=state, now=timezone.now(), facts=facts)


def run_job(job_id: UUID, *, tenant_id: UUID) -> bool:
    """Take the job up and do its work, unless a living worker has it.

    Returns:
        Whether the work came to an end here, whichever it was.
    """
    with tenant_context(tenant_id):
        job = take_up(job_id, now=timezone.now())
        if job is None:
            return False
        with request_id_context(job.request_id), actor_context(str(job.created_by_id)):
            return _work(JobRun(job))


@transaction.atomic
def take_up(job_id: UUID, *, now: datetime) -> Job | None:
    """Make the waiting job, or one whose worker is dead, this worker's; None when there is nothing to do."""
    is_free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, due_at__lte=now)
    job = Job.objects.select_for_update().filter(is_free, id=job_id).first()
    if job is None or (job.state == JobState.RUNNING and _is_given_up(job, now)):
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.version += 1
    job.done = 0
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.due_at = now + LOST_AFTER
    job.save(update_fields=["state", "attempts", "version", "done", "started_at", "heartbeat_at", "due_at"])
    return job


def _is_given_up(job: Job, now: datetime) -> bool:
    """End a job whose worker is dead, when nobody wants it any more, or too many have died over it."""
    held = Job.objects.filter(id=job.id)
    if job.cancel_requested_at is not None:
        return finish(held, job=job, state=JobState.CANCELLED, now=now)
    if job.attempts - job.attempts_before < MOST_ATTEMPTS:
        return False
    logger.error("job_given_up", extra={"job": str(job.id), "kind": job.kind})
    facts = {"error_code": _WorkerLost.code, "error_detail": _WorkerLost.default_detail}
    return finish(held, job=job, state=JobState.FAILED, now=now, facts=facts)


def _work(run: JobRun) -> bool:
    about = {"job": str(run.job.id), "kind": run.job.kind}
    try:
        _kind_of(run.job).run(run)
    except JobCancelled:
        return run.end(JobState.CANCELLED)
    except JobLost:
        logger.warning("job_lost", extra=about)
        return False
    except JobFailed as error:
        return run.end(JobState.FAILED, error)
    except SoftTimeLimitExceeded:
        logger.exception("job_timeout", extra=about)
        return run.end(JobState.FAILED, _TooLong())
    except Exception:  # whatever the work raises is in the log; the client learns that it failed
        logger.exception("job_failed", extra=about)
        return run.end(JobState.FAILED, _Interrupted())
    return run.end(JobState.SUCCEEDED)


def _kind_of(job: Job) -> Any:
    kind = kind_called(job.kind)
    if kind is None:
        raise _UnknownKind
    return kind


def _plain(text: str) -> str:
    """Return the text without characters that no column holds, or that no name has."""
    return "".join(character for character in text if character.isprintable())
