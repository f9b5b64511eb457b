"""Writes of the platform's own tables."""

from apps.core.services.deletion import delete_tenant_rows
from apps.core.services.idempotency import KEEP_IDEMPOTENCY, purge_idempotency_records

__all__ = ["KEEP_IDEMPOTENCY", "delete_tenant_rows", "purge_idempotency_records"]
