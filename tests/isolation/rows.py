"""What is in the database of one tenant, seen from above: every id, and a fingerprint of every table."""

from django.db import connection

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context, trash_context
from apps.core.tenancy.locks import Guarded, guarded_tables


def _tables() -> list[Guarded]:
    return list(guarded_tables())


def ids_of(tenant: Tenant) -> set[str]:
    """Return the ids of all rows of `tenant`, those in the trash too, and its own."""
    found = {str(tenant.id)}
    with tenant_context(tenant), trash_context(), connection.cursor() as cursor:
        for guarded in _tables():
            cursor.execute(f'SELECT id FROM "{guarded.table}"')
            found |= {str(row_id) for (row_id,) in cursor.fetchall()}
    return found


def fingerprints_of(tenant: Tenant) -> dict[str, str]:
    """Return a hash of the content of each table, as far as it is `tenant`'s, the trash included."""
    found = {}
    with tenant_context(tenant), trash_context(), connection.cursor() as cursor:
        for guarded in _tables():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM \"{guarded.table}\" t"
            )
            found[guarded.table] = cursor.fetchone()[0]
    return found
