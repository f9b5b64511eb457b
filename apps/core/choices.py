from django.db import models


class TenantStatus(models.TextChoices):
    """What the people of a tenant may do."""

    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended: nobody can log in"
    READ_ONLY = "read_only", "Read-only: people log in and read"
    ARCHIVED = "archived", "Archived: closed for good, kept for the record"

    @property
    def allows_login(self) -> bool:
        return self in {TenantStatus.ACTIVE, TenantStatus.READ_ONLY}


class DeliveryState(models.TextChoices):
    """Where one delivery of an event to one handler stands."""

    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    PARKED = "parked", "Parked after too many failures"


class SettingSource(models.TextChoices):
    """Which level the effective value of a setting comes from."""

    DEFAULT = "default", "Default"
    PLATFORM = "platform", "Platform"
    TENANT = "tenant", "Tenant"


class SettingScope(models.TextChoices):
    """Who may choose the value of a setting."""

    PLATFORM = "platform", "The platform's staff only, for all tenants at once"
    GRANTED = "granted", "The platform's staff only, for each tenant"
    TENANT = "tenant", "Each tenant, unless the platform's staff locked it"
