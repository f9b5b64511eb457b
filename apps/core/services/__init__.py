"""Writes of the platform's own tables."""

from apps.core.services.deletion import delete_tenant_objects, delete_tenant_rows
from apps.core.services.domains import add_domain, remove_domain, set_primary_domain, verify_domain
from apps.core.services.idempotency import KEEP_IDEMPOTENCY, purge_idempotency_records
from apps.core.services.settings import change_settings, flatten
from apps.core.services.tenants import change_tenant, change_tenant_status, create_tenant

__all__ = [
    "KEEP_IDEMPOTENCY",
    "add_domain",
    "change_settings",
    "change_tenant",
    "change_tenant_status",
    "create_tenant",
    "delete_tenant_objects",
    "delete_tenant_rows",
    "flatten",
    "purge_idempotency_records",
    "remove_domain",
    "set_primary_domain",
    "verify_domain",
]
