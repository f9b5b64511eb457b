"""The Django admin: the base of every app's admin, and the platform's own tables."""

from apps.core.admin.base import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.core.admin.jobs import JobAdmin, JobRowAdmin
from apps.core.admin.outbox import DeliveryAdmin, IdempotencyRecordAdmin
from apps.core.admin.tenants import SettingOverrideAdmin, TenantAdmin, TenantDomainAdmin
from apps.core.admin.trash import TrashEntryAdmin

__all__ = [
    "AdminForm",
    "DeliveryAdmin",
    "IdempotencyRecordAdmin",
    "JobAdmin",
    "JobRowAdmin",
    "SettingOverrideAdmin",
    "TenantAdmin",
    "TenantDomainAdmin",
    "TenantModelAdmin",
    "TenantTabularInline",
    "TrashEntryAdmin",
]
