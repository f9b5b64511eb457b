"""The clock of the platform: deliveries, retries, purges."""

from collections.abc import Sequence
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.core.each_tenant import in_each_tenant
from apps.core.events.outbox import deliver, purge_done_deliveries, retry_due_deliveries
from apps.core.jobs.dispatching import resume_jobs
from apps.core.jobs.purging import purge_jobs
from apps.core.jobs.running import run_job
from apps.core.services import purge_idempotency_records
from apps.core.tenancy.context import platform_context
from apps.core.trash.services import purge_due_entries


@shared_task(name="core.deliver_event", acks_late=True)
def deliver_event(delivery_id: str, tenant_id: str | None) -> bool:
    """Run one delivery; see `apps.core.events.outbox.deliver`."""
    return deliver(UUID(delivery_id), tenant_id=UUID(tenant_id) if tenant_id else None)


@shared_task(name="core.deliver_events", acks_late=True)
def deliver_events(references: Sequence[tuple[str, str | None]]) -> int:
    """Run the deliveries of one commit, one after the other; return how many ran. None stands in another's way."""
    return sum(deliver_event(delivery_id, tenant_id) for delivery_id, tenant_id in references)


@shared_task(name="core.retry_deliveries")
def retry_deliveries() -> int:
    """Run what failed and is due again, and what a dying process left behind."""
    return retry_due_deliveries()


@shared_task(name="core.purge")
def purge() -> int:
    """Delete outbox rows and idempotency records that are past their time, tenant by tenant."""
    with platform_context(reason="deliveries and idempotency records of the platform's own"):
        count = purge_done_deliveries() + purge_idempotency_records()
    return count + in_each_tenant(lambda: purge_done_deliveries() + purge_idempotency_records())


@shared_task(name="core.purge_trash")
def purge_trash() -> int:
    """Delete for good what has been in the trash longer than each tenant keeps it, tenant by tenant."""
    return in_each_tenant(lambda: purge_due_entries(now=timezone.now()))


# A job may take an hour; another worker takes over what has not been heard of for two minutes.
@shared_task(name="core.run_job", acks_late=True, soft_time_limit=3480, time_limit=3540)
def run_job_task(job_id: str, tenant_id: str) -> bool:
    """Do a job's work; see `apps.core.jobs.running.run_job`."""
    return run_job(UUID(job_id), tenant_id=UUID(tenant_id))


@shared_task(name="core.resume_jobs")
def resume_waiting_jobs() -> int:
    """Send the jobs that nobody has taken up, and those whose worker has died."""
    return resume_jobs()


@shared_task(name="core.purge_jobs")
def purge_old_jobs() -> int:
    """Delete jobs that ended long ago, and files of jobs that no row names, tenant by tenant."""
    return in_each_tenant(lambda: purge_jobs(now=timezone.now()))
