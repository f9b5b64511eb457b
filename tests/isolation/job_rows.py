"""A job of the open school, of a kind that everybody may see: nothing but its school keeps it from the neighbour."""

from typing import Final

from django.utils import timezone

from apps.core.choices import JobState
from apps.core.jobs import JobKind, register_job
from apps.core.jobs.registry import kind_called
from apps.core.models import Job, JobRow
from apps.users.models import User

KIND: Final = "tests.walk"


def row_of_jobs(owner: User) -> Job:
    """Return a job with a row and a file, as a failed one that could be tried again."""
    if kind_called(KIND) is None:
        register_job(JobKind(name=KIND, title="Walk", run=lambda _run: None, may_see=lambda _actor, _job: True))
    now = timezone.now()
    job = Job.objects.create(
        kind=KIND,
        created_by_id=owner.id,
        state=JobState.FAILED,
        finished_at=now,
        expires_at=now,
    )
    JobRow.objects.create(job=job, index=0, state="done", reference={"user": str(owner.id)})
    return job
