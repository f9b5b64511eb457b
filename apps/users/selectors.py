"""Reads of accounts that cross tenants or tables."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.choices import TenantStatus
from apps.users.entry import USER_FIELDS, EnteredTenant
from apps.users.models import User

ACCOUNTS_OF = "SELECT * FROM users_accounts_of(%s, %s)"


@dataclass(frozen=True, slots=True)
class LoginAccount:
    """An account with its password hash and its tenant (None for the platform's staff)."""

    user: User
    encoded: str
    tenant: EnteredTenant | None


def find_login_account(*, email: str, tenant_id: UUID | None) -> LoginAccount | None:
    """Return the one account that a login means: one statement, whatever there is.

    Args:
        email: the address, in any case.
        tenant_id: the tenant that the request names. There, its account goes before one of the platform's
            staff. Without a tenant an account of the staff goes first; else the address must have one account only.
    """
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS_OF, [email, tenant_id])
        accounts = [_account(row) for row in cursor.fetchall()]
    if not accounts:
        return None
    first = accounts[0]
    is_clear = len(accounts) == 1 or tenant_id is not None or first.user.is_platform_staff
    return first if is_clear else None


def _account(row: tuple[Any, ...]) -> LoginAccount:
    encoded, slug, name, status, *fields = row
    user = User.from_db("default", USER_FIELDS, fields)
    tenant = EnteredTenant(user.tenant_id, slug, name, TenantStatus(status)) if user.tenant_id else None
    return LoginAccount(user=user, encoded=encoded, tenant=tenant)
