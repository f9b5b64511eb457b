"""The platform's own tables: tenants, domains, settings, the outbox, idempotency keys, the trash, jobs."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now

from apps.core.choices import DeliveryState, JobRowState, JobState, TenantStatus
from apps.core.ids import new_id
from apps.core.tenancy.models import TenantForeignKey, TenantModel, TenantOrPlatformModel
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


class Job(TenantModel):
    """A piece of background work that somebody started: see `apps.core.jobs`."""

    kind = models.CharField(max_length=100, help_text="What is done: gradebook.export.")
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    created_by_id = models.UUIDField(editable=False)
    subject_id = models.UUIDField(null=True, editable=False, help_text="What it is about, a course for example.")
    parameters = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True, default="")
    total = models.PositiveIntegerField(null=True, help_text="How many steps there are, once that is known.")
    done = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_failed = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=100, blank=True, default="")
    error_detail = models.TextField(blank=True, default="")
    result_key = models.CharField(max_length=200, blank=True, default="")
    result_name = models.CharField(max_length=255, blank=True, default="")
    result_media_type = models.CharField(max_length=255, blank=True, default="")
    result_size = models.PositiveBigIntegerField(null=True)
    attempts = models.PositiveIntegerField(
        default=0, help_text="How often a worker has taken it up: the fencing token, so it never goes back."
    )
    attempts_before = models.PositiveIntegerField(default=0, help_text="`attempts` when it was last put in the queue.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now(), help_text="While it is unfinished: when the clock looks after it.")
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="core_job_state_known"),
            models.CheckConstraint(
                condition=models.Q(total__isnull=True) | models.Q(done__lte=models.F("total")),
                name="core_job_done_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[JobState.QUEUED, JobState.RUNNING], finished_at__isnull=True, expires_at__isnull=True
                )
                | models.Q(
                    state__in=[JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED],
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                ),
                name="core_job_finished_has_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.RUNNING)
                | models.Q(started_at__isnull=False, heartbeat_at__isnull=False, attempts__gt=0),
                name="core_job_running_has_worker",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="core_job_newest"),
            models.Index(fields=["tenant", "created_by_id", "-created_at", "-id"], name="core_job_of_person"),
            models.Index(fields=["tenant", "result_key"], name="core_job_by_object"),
            models.Index(
                fields=["state", "due_at"],
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="core_job_unfinished",
            ),
            models.Index(fields=["tenant", "expires_at"], name="core_job_expired"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class JobRow(TenantModel):
    """What a job did with one row of its input."""

    job = TenantForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    index = models.PositiveIntegerField(help_text="Which row of the input, from 0.")
    state = models.CharField(max_length=16, choices=JobRowState.choices)
    reference = models.JSONField(default=dict, help_text="The ids that the row is about.")
    code = models.CharField(max_length=100, blank=True, default="")
    field = models.CharField(max_length=200, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "job", "index"], name="core_job_row_once"),
            models.CheckConstraint(condition=models.Q(state__in=JobRowState.values), name="core_job_row_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "job", "state", "index"], name="core_job_row_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.index}: {self.state}"
