"""The scope that an account's own rows live in: its tenant or, for the platform's staff, the platform."""

from contextlib import AbstractContextManager
from uuid import UUID

from apps.core.tenancy.context import platform_context, tenant_context


def account_scope(tenant_id: UUID | None) -> AbstractContextManager[None]:
    """Open the scope of an account of this tenant; None for the platform's staff.

    Staff keep their account, their sessions and their password while they work inside of a tenant.
    """
    return tenant_context(tenant_id) if tenant_id else platform_context(reason="an account of the platform's staff")
