"""From the queue's table to a worker, and what to do when nobody came: the outbox's way (`apps.core.events.outbox`)."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core.jobs.running import run_job
from apps.core.jobs.states import NEXT_PICKUP, UNFINISHED
from apps.core.models import Job
from apps.core.tenancy.context import current_tenant_id, platform_context, tenant_context

logger = logging.getLogger(__name__)

BATCH: Final = 500


def dispatch_on_commit(job: Job) -> None:
    """Give the job to a worker once it is there for others to see."""
    job_id, tenant_id = job.id, current_tenant_id()
    transaction.on_commit(lambda: dispatch([(job_id, tenant_id)]), robust=True)


def dispatch(references: Sequence[tuple[UUID, UUID]]) -> bool:
    """Give the jobs to the workers; in this process when the installation has no broker.

    Returns:
        Whether they were sent; else they stay as they are, and `resume_jobs` tries again.
    """
    if settings.CELERY_TASK_ALWAYS_EAGER:
        for job_id, tenant_id in references:
            run_job(job_id, tenant_id=tenant_id)
        return True
    from apps.core.tasks import run_job_task  # noqa: PLC0415  the clock's room lies above this one

    try:
        for job_id, tenant_id in references:
            run_job_task.delay(str(job_id), str(tenant_id))
    except run_job_task.OperationalError:
        logger.warning("broker_unreachable", extra={"jobs": len(references)})
        return False
    return True


def resume_jobs(*, now: datetime | None = None) -> int:
    """Send the jobs that nobody has taken up in time, and those whose worker has died; return how many."""
    moment = now or timezone.now()
    sent: set[UUID] = set()
    while True:
        with platform_context(reason="find jobs of all tenants that wait for a worker"):
            due = list(
                Job.objects.filter(state__in=UNFINISHED, due_at__lte=moment)
                .exclude(id__in=sent)
                .order_by("due_at", "id")
                .values_list("id", "tenant_id")[:BATCH]
            )
        if not due:
            return len(sent)
        for job_id, tenant_id in due:
            if not dispatch([(job_id, tenant_id)]):
                return len(sent)
            sent.add(job_id)
            with tenant_context(tenant_id):
                Job.objects.filter(id=job_id, state=UNFINISHED[0]).update(due_at=moment + NEXT_PICKUP)
