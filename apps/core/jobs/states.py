"""The states of a job: what may follow what, and how long things last."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from apps.core.choices import JobState
from apps.core.models import Job

TRANSITIONS: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # To itself: another worker takes over what a dead one left.
    JobState.RUNNING: frozenset({JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
}
UNFINISHED: Final = (JobState.QUEUED, JobState.RUNNING)

MOST_UNFINISHED: Final = 10  # per person
MOST_ATTEMPTS: Final = 3  # how many workers may die over a job
# What a broker lost is sent again; rarely, for a job may just wait for a worker that is free.
FIRST_PICKUP: Final = timedelta(seconds=30)
NEXT_PICKUP: Final = timedelta(minutes=10)
LOST_AFTER: Final = timedelta(minutes=2)
KEEP_FINISHED: Final = timedelta(days=7)
_POLLING: Final = ((timedelta(seconds=10), 1), (timedelta(minutes=1), 2))
SELDOM: Final = 5


def may_follow(before: str, after: JobState) -> bool:
    """Whether a job may go from one state to the other."""
    return after in TRANSITIONS[JobState(before)]


def poll_after(job: Job, *, now: datetime) -> int | None:
    """Return after how many seconds it is worth to ask again, the longer the older; None once the job has ended."""
    if job.state not in UNFINISHED:
        return None
    age = now - job.created_at
    return next((seconds for until, seconds in _POLLING if age < until), SELDOM)
