"""One address, several schools."""

from datetime import datetime

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context
from apps.users.models import User
from apps.users.services.login import LoggedIn, log_in
from apps.users.services.sessions import Device


def switch_account(*, user: User, slug: str, password: str, device: Device, now: datetime | None = None) -> LoggedIn:
    """Log in to the account that the address of `user` has in another tenant, by that account's password.

    Raises: as `log_in`; an unknown tenant answers like one in which the address has no account.
    """
    with platform_context(reason="the school that somebody switches to"):
        tenant = Tenant.objects.filter(slug=slug.strip().lower()).only("id").first()
    # An id that no tenant has: the same attempt at the same cost, and nobody learns which schools there are.
    tenant_id = tenant.id if tenant else new_id()
    return log_in(email=user.email, password=password, tenant_id=tenant_id, device=device, now=now)
