"""The Django admin: the base of every app's admin, and the platform's own tables."""

from apps.core.admin.base import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.core.admin.platform import DeliveryAdmin, IdempotencyRecordAdmin

__all__ = ["AdminForm", "DeliveryAdmin", "IdempotencyRecordAdmin", "TenantModelAdmin", "TenantTabularInline"]
