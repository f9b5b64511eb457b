"""The clock of accounts."""

from celery import shared_task

from apps.core.each_tenant import in_each_tenant
from apps.core.tenancy.context import platform_context
from apps.users.services.avatars import purge_avatars
from apps.users.services.purging import purge_invitations, purge_sessions


@shared_task(name="users.purge")
def purge() -> int:
    """Delete sessions and invitations that are over for long, and avatars of nobody: tenant by tenant."""
    with platform_context(reason="sessions and avatars of the platform's staff"):
        count = purge_sessions() + purge_avatars()
    return count + in_each_tenant(lambda: purge_sessions() + purge_invitations() + purge_avatars())
