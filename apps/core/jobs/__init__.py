"""Background work: one resource for everything that takes longer than a request, `/api/jobs/<id>/`.

An app declares what it does in its module `jobs`, which is imported at start-up:

    register_job(
        JobKind(
            name="gradebook.export",
            title="Export of the gradebook",
            run=export_gradebook,           # def export_gradebook(run: JobRun) -> None
            may_see=may_export,             # def may_export(actor: Actor, job: Job) -> bool
        )
    )

A service or view starts it with `start_job(kind="gradebook.export", parameters={…}, by=actor, subject_id=course.id)`;
a view answers with `apps.core.http.jobs.accepted`. See `JobKind` and `JobRun` for what is asked of the work.
"""

from apps.core.jobs.registry import JobKind, register_job
from apps.core.jobs.running import JobCancelled, JobFailed, JobLost, JobRun, RowResult
from apps.core.jobs.selectors import find_job
from apps.core.jobs.services import (
    JobHasEnded,
    JobNotCancellable,
    JobNotRetryable,
    TooManyJobs,
    cancel_job,
    retry_job,
    start_job,
)

__all__ = [
    "JobCancelled",
    "JobFailed",
    "JobHasEnded",
    "JobKind",
    "JobLost",
    "JobNotCancellable",
    "JobNotRetryable",
    "JobRun",
    "RowResult",
    "TooManyJobs",
    "cancel_job",
    "find_job",
    "register_job",
    "retry_job",
    "start_job",
]
