"""The platform's own tables: tenants, their domains, settings, the outbox, idempotency keys, the trash."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now

from apps.core.choices import DeliveryState, TenantStatus
from apps.core.ids import new_id
from apps.core.tenancy.models import TenantModel, TenantOrPlatformModel
from apps.core.validators import validate_domain, validate_slug, validate_theme


class Tenant(models.Model):
    """A school or company. Its rows are guarded like those of a tenant table, by its own id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=63, unique=True, validators=[validate_slug])
    status = models.CharField(max_length=16, choices=TenantStatus.choices, default=TenantStatus.ACTIVE)
    theme = models.JSONField(default=dict, blank=True, validators=[validate_theme])
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(status__in=TenantStatus.values), name="core_tenant_status_known"),
            models.CheckConstraint(condition=models.Q(slug=Lower("slug")), name="core_tenant_slug_lower"),
        ]

    def __str__(self) -> str:
        return self.name


class TenantDomain(TenantModel):
    """A custom host name of a tenant; it counts only once verified."""

    domain = models.CharField(max_length=253, unique=True, validators=[validate_domain])
    verification_token = models.CharField(max_length=64, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="core_domain_one_primary"
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | models.Q(verified_at__isnull=False),
                name="core_domain_primary_is_verified",
            ),
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="core_domain_lower"),
        ]

    def __str__(self) -> str:
        return self.domain


class SettingOverride(TenantOrPlatformModel):
    """The value that a tenant (or, without a tenant, the platform) gives to a defined setting."""

    key = models.CharField(max_length=100)
    value = models.JSONField(null=True)
    is_locked = models.BooleanField(default=False, help_text="Platform rows only: tenants may not override.")
    updated_by_id = models.UUIDField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOrPlatformModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "key"], nulls_distinct=False, name="core_setting_once_per_tenant"
            ),
            models.CheckConstraint(
                condition=models.Q(is_locked=False) | models.Q(tenant__isnull=True),
                name="core_setting_lock_is_platform",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(TenantOrPlatformModel):
    """One event on its way to one handler: a row of the outbox."""

    event = models.CharField(max_length=100)
    handler = models.CharField(max_length=100)
    payload = models.JSONField()
    state = models.CharField(max_length=16, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantOrPlatformModel.Meta):
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state=DeliveryState.PENDING),
                name="core_delivery_due",
            ),
            models.Index(fields=["tenant", "state", "-occurred_at"], name="core_delivery_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.handler}"


class IdempotencyRecord(TenantOrPlatformModel):
    """The answer that was given to a POST with an `Idempotency-Key`, replayed when it comes again."""

    actor_id = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOrPlatformModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "actor_id", "key"], nulls_distinct=False, name="core_idempotency_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class TrashEntry(TenantModel):
    """One deletion: a row that went to the trash, with everything below it that went along."""

    kind = models.CharField(max_length=100, help_text="What was deleted: the model's label, files.folder.")
    object_id = models.UUIDField()
    name = models.CharField(max_length=255, help_text="What people called it.")
    row_count = models.PositiveIntegerField(default=1, help_text="How many rows went, those below it included.")
    deleted_by_id = models.UUIDField(null=True, editable=False)
    deleted_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "trash entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "object_id"], name="core_trash_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-deleted_at", "-id"], name="core_trash_newest"),
            models.Index(fields=["deleted_at"], name="core_trash_due"),
        ]

    def __str__(self) -> str:
        return self.name
