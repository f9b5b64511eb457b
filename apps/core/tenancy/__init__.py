"""Tenancy, decided once and below HTTP: see docs/adr/0001-four-locks.md."""

from apps.core.tenancy.context import (
    NoTenantContext,
    current_tenant_id,
    platform_context,
    tenant_context,
    trash_context,
)

__all__ = ["NoTenantContext", "current_tenant_id", "platform_context", "tenant_context", "trash_context"]
