"""Who takes which course, how far they are, and how they got there."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast

from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantModel
from apps.courses.models import ContentItem, Course
from apps.enrollments.choices import EnrollmentSource, EnrollmentStatus, ProgressStatus
from apps.users.models import User

_OWN_COLUMNS = (
    "id", "status", "source", "enrolled_at", "last_activity_at", "completed_at", "expires_at", "version",
)  # fmt: skip
_COURSE_COLUMNS = ("course_id", "course__title", "course__slug", "course__thumbnail_url", "course__thumbnail_file_id")
_USER_COLUMNS = ("user_id", "user__first_name", "user__last_name", "user__email")


PROGRESS_ROW = (
    "content_item", "status", "percentage", "position_seconds", "time_spent_seconds", "attempts", "sequence",
    "completed_at", "updated_at",
)  # fmt: skip


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def newest_first(self) -> "EnrollmentQuerySet":
        return self.order_by("-enrolled_at", "-id")

    def as_rows(self) -> models.QuerySet["Enrollment", dict[str, Any]]:
        """Return the flat rows of the enrolment list, learner and course included: one statement."""
        columns = (*_OWN_COLUMNS, *_COURSE_COLUMNS, *_USER_COLUMNS, "percentage")
        rows: models.QuerySet[Enrollment, dict[str, Any]] = self._with_progress().values(*columns)
        return rows

    def _with_progress(self) -> "EnrollmentQuerySet":
        """A percentage is a number on the wire; Decimal would become text."""
        return self.annotate(percentage=Cast("progress_percentage", models.FloatField()))


EnrollmentManager = TenantManager.from_queryset(EnrollmentQuerySet)


class Enrollment(TenantModel):
    """One learner in one course, once: coming back reopens the same row."""

    course = TenantForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    user = TenantForeignKey(User, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=16, choices=EnrollmentStatus.choices, default=EnrollmentStatus.ACTIVE)
    source = models.CharField(max_length=16, choices=EnrollmentSource.choices, default=EnrollmentSource.SELF)
    progress_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="Completed required items of all required items."
    )
    resume_item = TenantForeignKey(
        ContentItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    enrolled_by_id = models.UUIDField(null=True, editable=False)
    enrolled_at = models.DateTimeField()
    last_activity_at = models.DateTimeField(null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[EnrollmentManager["Enrollment"]] = EnrollmentManager()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course", "user"], name="enrollments_enrollment_once"),
            models.CheckConstraint(
                condition=models.Q(progress_percentage__range=(0, 100)), name="enrollments_enrollment_percentage"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=EnrollmentStatus.COMPLETED) | models.Q(completed_at__isnull=False),
                name="enrollments_enrollment_completed_at",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=EnrollmentStatus.values), name="enrollments_enrollment_status"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-enrolled_at", "-id"], name="enrollments_newest"),
            models.Index(fields=["tenant", "user", "-enrolled_at", "-id"], name="enrollments_of_user"),
            models.Index(fields=["tenant", "course", "status", "-enrolled_at", "-id"], name="enrollments_of_course"),
            models.Index(
                fields=["tenant", "expires_at"],
                condition=models.Q(status__in=[EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED]),
                name="enrollments_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class EnrollmentTransition(TenantModel):
    """The history of an enrolment: one row per change of status, never changed."""

    enrollment = TenantForeignKey(Enrollment, on_delete=models.CASCADE, related_name="transitions")
    from_status = models.CharField(max_length=16, choices=EnrollmentStatus.choices, blank=True)
    to_status = models.CharField(max_length=16, choices=EnrollmentStatus.choices)
    actor_id = models.UUIDField(null=True, help_text="Who did it; empty: the system.")
    reason = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "enrollment", "occurred_at", "id"], name="enrollments_history"),
        ]

    def __str__(self) -> str:
        return f"{self.from_status or '(new)'} → {self.to_status}"


class ContentProgressQuerySet(models.QuerySet["ContentProgress"]):
    def in_order(self) -> "ContentProgressQuerySet":
        return self.order_by("first_viewed_at", "id")

    def of_learner(self, user_id: UUID) -> "ContentProgressQuerySet":
        return self.filter(enrollment__user_id=user_id)

    def as_rows(self) -> models.QuerySet["ContentProgress", dict[str, Any]]:
        """Return the rows of the list, keyed as on the wire."""
        rows: models.QuerySet[ContentProgress, dict[str, Any]] = self.values(*PROGRESS_ROW)
        return rows


ContentProgressManager = TenantManager.from_queryset(ContentProgressQuerySet)


class ContentProgress(TenantModel):
    """How far one enrolment is with one content item."""

    enrollment = TenantForeignKey(Enrollment, on_delete=models.CASCADE, related_name="progress")
    content_item = TenantForeignKey(ContentItem, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=16, choices=ProgressStatus.choices, default=ProgressStatus.NOT_STARTED)
    percentage = models.PositiveSmallIntegerField(default=0)
    position_seconds = models.PositiveIntegerField(default=0, help_text="Where to resume a video or audio.")
    time_spent_seconds = models.PositiveIntegerField(default=0, help_text="Total, as the client counts it.")
    attempts = models.PositiveIntegerField(default=0)
    sequence = models.PositiveBigIntegerField(
        default=0, help_text="The client's counter of its last report; an older report moves no position back."
    )
    first_viewed_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects: ClassVar[ContentProgressManager["ContentProgress"]] = ContentProgressManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "content progress"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "enrollment", "content_item"], name="enrollments_progress_once"),
            models.CheckConstraint(
                condition=models.Q(percentage__range=(0, 100)), name="enrollments_progress_percentage"
            ),
            models.CheckConstraint(
                condition=models.Q(status=ProgressStatus.COMPLETED, completed_at__isnull=False, percentage=100)
                | (~models.Q(status=ProgressStatus.COMPLETED) & models.Q(completed_at__isnull=True)),
                name="enrollments_progress_completed_at",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "content_item"], name="enrollments_progress_of_item")]

    def __str__(self) -> str:
        return f"{self.content_item_id}: {self.status}"
