"""Lock 1: whose rows the running code may touch.

The scope lives in one ContextVar. The database learns of it just before the next statement
(`apps.core.tenancy.postgresql`), so opening a context costs nothing until a query runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID


class NoTenantContext(RuntimeError):
    """A query or a default needed a tenant, and no context was open."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the running code may see.

    `tenant_id` set: the rows of that tenant. `platform`: read across tenants. Neither: nothing.
    `trash`: what lies in the trash is not hidden.
    """

    tenant_id: UUID | None = None
    platform: bool = False
    reason: str = ""
    trash: bool = False

    @property
    def database_settings(self) -> tuple[str, str, str]:
        """The values of the PostgreSQL settings `app.tenant_id`, `app.platform` and `app.trash`."""
        return (
            str(self.tenant_id) if self.tenant_id else "",
            "on" if self.platform else "",
            "on" if self.trash else "",
        )


class HasId(Protocol):
    """Anything with a UUID primary key: a Tenant, without importing it."""

    id: UUID


NO_SCOPE = Scope()
_scope: ContextVar[Scope] = ContextVar("tenancy_scope", default=NO_SCOPE)


def current_scope() -> Scope:
    """Return the open scope; `NO_SCOPE` when none is open."""
    return _scope.get()


def current_tenant_id() -> UUID:
    """Return the id of the tenant whose context is open.

    Raises:
        NoTenantContext: none is open, or only a platform context, which belongs to no tenant.
    """
    tenant_id = _scope.get().tenant_id
    if tenant_id is None:
        message = "No tenant context is open: wrap this code in tenant_context(tenant)."
        raise NoTenantContext(message)
    return tenant_id


def tenant_id_or_platform() -> UUID | None:
    """Return the id of the open tenant; None elsewhere.

    Outside of a platform context the database refuses a row without a tenant.
    """
    return _scope.get().tenant_id


@contextmanager
def _scoped(scope: Scope) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def tenant_context(tenant: HasId | UUID) -> Iterator[None]:
    """Run the block as `tenant`; contexts nest, and the outer one is restored on exit."""
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.id
    with _scoped(Scope(tenant_id=tenant_id)):
        yield


@contextmanager
def platform_context(*, reason: str) -> Iterator[None]:
    """Read across tenants, and write rows that belong to no tenant, for the stated reason.

    The database refuses writes to any tenant's rows from here: open that tenant's context for them.
    The places that may call this are listed in `tests/architecture/test_tenancy_guards.py`.
    """
    with _scoped(Scope(platform=True, reason=reason)):
        yield


@contextmanager
def trash_context() -> Iterator[None]:
    """Run the block with the trash in sight, within the tenant or platform context that is open.

    For the trash itself and for what must see every row of a tenant. A tenant or platform context that is
    opened inside starts without the trash again. The places that may call this are listed in
    `tests/architecture/test_tenancy_guards.py`.
    """
    with _scoped(replace(_scope.get(), trash=True)):
        yield
