"""What the clock does for every school: one after the other, and for the others too when it fails for one."""

import logging
from collections.abc import Callable

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context

logger = logging.getLogger(__name__)


class SomeTenantsFailed(RuntimeError):
    """The work failed for some schools; the log has the cause of each. For the others it is done."""


def all_tenants(slug: str | None = None) -> list[Tenant]:
    """Return all schools, or the one with this slug, to be looked after inside of each one's own context."""
    with platform_context(reason="list the tenants that clock and commands look after"):
        return list(Tenant.objects.filter(**({"slug": slug} if slug else {})).order_by("id"))


def in_each_tenant(act: Callable[[], int]) -> int:
    """Run `act` in the context of every school; return the sum of what it returns.

    Raises:
        SomeTenantsFailed: after the last one, when it failed for any.
    """
    failed = count = 0
    tenants = all_tenants()
    for tenant in tenants:
        try:
            with tenant_context(tenant):
                count += act()
        except Exception:  # whatever it is, the other schools do not wait for it
            logger.exception("clock_failed_for_tenant", extra={"tenant": str(tenant.id)})
            failed += 1
    if failed:
        message = f"This failed for {failed} of {len(tenants)} schools; the log says why."
        raise SomeTenantsFailed(message)
    return count
