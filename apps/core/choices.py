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


class JobState(models.TextChoices):
    """Where a piece of background work stands."""

    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Done"
    FAILED = "failed", "Failed; may be tried again"
    CANCELLED = "cancelled", "Cancelled; may be tried again"

    @property
    def is_finished(self) -> bool:
        return self not in {JobState.QUEUED, JobState.RUNNING}


class JobRowState(models.TextChoices):
    """What a piece of background work did with one of its rows."""

    DONE = "done", "Done"
    UNCHANGED = "unchanged", "There was nothing to change"
    FAILED = "failed", "Refused; the others are not affected"
