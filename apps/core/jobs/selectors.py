"""Which jobs an actor may know of."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Func, QuerySet, TextField
from django.db.models.functions import Cast

from apps.core.errors import NotFound
from apps.core.jobs.registry import kind_called
from apps.core.models import Job
from apps.core.permissions import JobPolicy
from apps.core.policies import Actor


def is_shown(job: Job, *, to: Actor) -> bool:
    """Whether the job's kind lets this actor see it; nobody sees a kind that the code does not have any more."""
    kind = kind_called(job.kind)
    return kind is not None and kind.may_see(to, job)


def listed(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Return the jobs for a page of a list: without their parameters, which may be large, but for a hash of them."""
    parameters = Func(Cast("parameters", TextField()), function="MD5", output_field=TextField())
    return jobs.defer("parameters").annotate(parameters_hash=parameters)


def shown(jobs: Iterable[Job], *, to: Actor) -> list[Job]:
    """Return those of a page (see `listed`) that their kinds let this actor see, asking once for all that are alike."""
    answers: dict[Any, bool] = {}
    found = []
    for job in jobs:
        alike = (job.kind, job.subject_id, job.created_by_id, getattr(job, "parameters_hash"))  # noqa: B009  annotated
        if alike not in answers:
            answers[alike] = is_shown(job, to=to)
        if answers[alike]:
            found.append(job)
    return found


def find_job(job_id: UUID, *, by: Actor) -> Job:
    """Return the job, if `by` may know of it: as its owner or by permission, and by the word of its kind.

    Raises:
        NotFound: there is no such job, or `by` may not know of it.
    """
    job: Job | None = JobPolicy.visible(by, Job.objects.filter(id=job_id)).first()
    if job is None or not is_shown(job, to=by):
        raise NotFound
    return job
