"""The clock of accounts."""

from celery import shared_task

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.services.avatars import purge_avatars
from apps.users.services.purging import purge_invitations, purge_sessions


@shared_task(name="users.purge")
def purge() -> int:
    """Delete sessions and invitations that are over for long, and avatars of nobody: tenant by tenant."""
    with platform_context(reason="sessions of the platform's staff, and the list of tenants"):
        tenant_ids = list(Tenant.objects.order_by("id").values_list("id", flat=True))
        count = purge_sessions() + purge_avatars()
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += purge_sessions() + purge_invitations() + purge_avatars()
    return count
