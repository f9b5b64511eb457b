"""Certificates and the templates that they are set in."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Concat, Now

from apps.certificates.choices import CertificateStatus
from apps.certificates.links import verification_base
from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantModel
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.users.models import User

CERTIFICATE_ROW = (
    "id", "number", "status", "is_in_force", "user", "recipient_name", "course", "course_title", "enrollment",
    "completed_at", "issued_at", "expires_at", "revoked_at", "supersedes", "verification_url",
)  # fmt: skip
TEMPLATE_ROW = (
    "id", "name", "design", "language", "is_default", "valid_days", "version", "created_at", "updated_at",
)  # fmt: skip


class TemplateQuerySet(models.QuerySet["CertificateTemplate"]):
    def as_rows(self) -> models.QuerySet["CertificateTemplate", dict[str, Any]]:
        """Return the rows of the template list, keyed as on the wire."""
        rows: models.QuerySet[CertificateTemplate, dict[str, Any]] = self.values(*TEMPLATE_ROW)
        return rows


TemplateManager = TenantManager.from_queryset(TemplateQuerySet)


class CertificateTemplate(TenantModel):
    """How a tenant's certificates look: data, not code (see `design` for the keys of `design`)."""

    name = models.CharField(max_length=100)
    design = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=16, default="en")
    is_default = models.BooleanField(default=False)
    valid_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: never expires.")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[TemplateManager["CertificateTemplate"]] = TemplateManager()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="certificates_template_name_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="certificates_template_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def as_rows(self) -> models.QuerySet["Certificate", dict[str, Any]]:
        """Return the rows of the certificate lists, keyed as on the wire: one statement."""
        in_time = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=Now())
        rows: models.QuerySet[Certificate, dict[str, Any]] = self.annotate(
            is_in_force=models.ExpressionWrapper(
                models.Q(status=CertificateStatus.VALID) & in_time, output_field=models.BooleanField()
            ),
            verification_url=Concat(
                models.Value(verification_base()), "number", models.Value("/"), output_field=models.CharField()
            ),
        ).values(*CERTIFICATE_ROW)
        return rows


CertificateManager = TenantManager.from_queryset(CertificateQuerySet)


class Certificate(TenantModel):
    """A proof that somebody completed a course. Names are copied: a later rename does not rewrite history."""

    number = models.CharField(max_length=32, unique=True)
    enrollment = TenantForeignKey(Enrollment, on_delete=models.PROTECT, related_name="certificates")
    user = TenantForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    course = TenantForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    template = TenantForeignKey(
        CertificateTemplate, on_delete=models.SET_NULL, null=True, blank=True, related_name="certificates"
    )
    status = models.CharField(max_length=16, choices=CertificateStatus.choices, default=CertificateStatus.VALID)
    recipient_name = models.CharField(max_length=255)
    course_title = models.CharField(max_length=200)
    completed_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    issued_by_id = models.UUIDField(null=True, editable=False, help_text="Empty: the system.")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_id = models.UUIDField(null=True, editable=False)
    revocation_reason = models.CharField(max_length=500, blank=True)
    supersedes = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by")
    document = models.FileField(max_length=255, blank=True, editable=False)

    objects: ClassVar[CertificateManager["Certificate"]] = CertificateManager()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "enrollment"],
                condition=models.Q(supersedes__isnull=True),
                name="certificates_certificate_once_per_completion",
            ),
            models.UniqueConstraint(
                fields=["tenant", "supersedes"],
                condition=models.Q(supersedes__isnull=False),
                name="certificates_certificate_superseded_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status=CertificateStatus.REVOKED, revoked_at__isnull=False)
                | (~models.Q(status=CertificateStatus.REVOKED) & models.Q(revoked_at__isnull=True)),
                name="certificates_certificate_revoked_at",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CertificateStatus.values), name="certificates_certificate_status"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "user", "-issued_at", "-id"], name="certificates_of_user"),
            models.Index(fields=["tenant", "course", "-issued_at", "-id"], name="certificates_of_course"),
        ]

    def __str__(self) -> str:
        return self.number

    def is_in_force_at(self, moment: datetime) -> bool:
        """Whether it can be relied on at `moment`."""
        return self.status == CertificateStatus.VALID and (self.expires_at is None or self.expires_at > moment)
