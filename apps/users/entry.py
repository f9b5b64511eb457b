"""The entry of a request: one SQL statement sets the tenant and proves that all who enter are alive.

Token claims say who; the rows say still. The SQL function `users_enter` is defined in the migrations.
"""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import connection

from apps.core.choices import TenantStatus
from apps.core.tenancy.context import NO_SCOPE, Scope
from apps.core.tenancy.postgresql.base import DatabaseWrapper
from apps.users.choices import AccountStatus
from apps.users.models import User
from apps.users.tokens import Claims

ENTER = "SELECT * FROM users_enter(%s, %s, %s, %s, %s, %s)"
USER_FIELDS = (
    "id", "tenant_id", "email", "first_name", "last_name", "roles", "is_platform_staff", "status", "language",
    "time_zone", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EnteredTenant:
    """The tenant that a request works in."""

    id: UUID
    slug: str
    name: str
    status: TenantStatus


@dataclass(frozen=True, slots=True)
class TenantHint:
    """How the request names a tenant: by its subdomain or header (`slug`), or its custom domain."""

    slug: str | None = None
    domain: str | None = None

    def __bool__(self) -> bool:
        return bool(self.slug or self.domain)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in, and where. `user` None: nobody, or somebody whose session is over."""

    tenant: EnteredTenant | None
    user: User | None
    scope: Scope
    hint_agrees: bool


def enter(claims: Claims | None, hint: TenantHint) -> Entry:
    """Tell the database the tenant of the request and load the session's account: one statement.

    With claims the tenant is theirs (platform staff enter the tenant of the hint); without, the hint's.
    """
    database = cast("DatabaseWrapper", connection)
    pooled = bool(settings.DATABASE_TRANSACTION_POOLING)
    values = [claims.tenant_id, claims.session_id, claims.user_id] if claims else [None, None, None]  # type: list[UUID | None]
    with database.scope_set_by_statement() as note_scope:
        with database.cursor() as cursor:
            cursor.execute(ENTER, [*values, hint.slug, hint.domain, pooled])
            row = cursor.fetchone()
        entry = _entry(row, claims, hint)
        note_scope(entry.scope)
    return entry


def _entry(row: tuple[Any, ...] | None, claims: Claims | None, hint: TenantHint) -> Entry:
    if row is None:
        scope = Scope(tenant_id=claims.tenant_id) if claims and claims.tenant_id else NO_SCOPE
        return Entry(tenant=None, user=None, scope=scope, hint_agrees=not hint)
    agrees, tenant_id, slug, name, status, *account = row
    tenant = EnteredTenant(tenant_id, slug, name, TenantStatus(status)) if tenant_id else None
    user = User.from_db("default", USER_FIELDS, account) if account[0] else None
    if tenant:
        scope = Scope(tenant_id=tenant.id)
    elif user:
        scope = Scope(platform=True, reason="platform staff outside of any tenant")
    else:
        scope = NO_SCOPE
    return Entry(tenant=tenant, user=user, scope=scope, hint_agrees=agrees)


def is_alive(entry: Entry) -> bool:
    """Whether the account of the entry may work: itself active, in a tenant that lets people in."""
    if entry.user is None or entry.user.status != AccountStatus.ACTIVE:
        return False
    return entry.user.is_platform_staff or (entry.tenant is not None and entry.tenant.status.allows_login)
