"""The clock of the platform: deliveries, retries, purges."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.core.events.outbox import deliver, purge_done_deliveries, retry_due_deliveries
from apps.core.models import Tenant
from apps.core.services import purge_idempotency_records
from apps.core.tenancy.context import platform_context, tenant_context
from apps.core.trash.services import purge_due_entries


@shared_task(name="core.deliver_event", acks_late=True)
def deliver_event(delivery_id: str, tenant_id: str | None) -> bool:
    """Run one delivery; see `apps.core.events.outbox.deliver`."""
    return deliver(UUID(delivery_id), tenant_id=UUID(tenant_id) if tenant_id else None)


@shared_task(name="core.retry_deliveries")
def retry_deliveries() -> int:
    """Run what failed and is due again, and what a dying process left behind."""
    return retry_due_deliveries()


@shared_task(name="core.purge")
def purge() -> int:
    """Delete outbox rows and idempotency records that are past their time, tenant by tenant."""
    with platform_context(reason="list tenants to purge"):
        tenant_ids = list(Tenant.objects.values_list("id", flat=True))
        count = purge_done_deliveries() + purge_idempotency_records()
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += purge_done_deliveries() + purge_idempotency_records()
    return count


@shared_task(name="core.purge_trash")
def purge_trash() -> int:
    """Delete for good what has been in the trash longer than each tenant keeps it, tenant by tenant."""
    with platform_context(reason="list tenants whose trash is to be purged"):
        tenant_ids = list(Tenant.objects.order_by("id").values_list("id", flat=True))
    count = 0
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += purge_due_entries(now=timezone.now())
    return count
