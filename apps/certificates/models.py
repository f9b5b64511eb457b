"""Certificates and the templates that they are set in."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.certificates.choices import CertificateStatus
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.users.models import User


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

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="certificates_template_name_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="certificates_template_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_id = models.UUIDField(null=True, editable=False)
    revocation_reason = models.CharField(max_length=500, blank=True)
    supersedes = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by")
    document = models.FileField(max_length=255, blank=True, editable=False)

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
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "user", "-issued_at", "-id"], name="certificates_of_user"),
            models.Index(fields=["tenant", "course", "-issued_at", "-id"], name="certificates_of_course"),
        ]

    def __str__(self) -> str:
        return self.number
