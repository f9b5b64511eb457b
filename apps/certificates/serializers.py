"""Certificates and templates on the wire."""

from typing import Any

from rest_framework import serializers

from apps.certificates.links import verification_url
from apps.certificates.models import CERTIFICATE_ROW, TEMPLATE_ROW, Certificate, CertificateTemplate
from apps.certificates.permissions import READ_ALL
from apps.certificates.selectors import PublicCertificate, Standing


class CertificateRowSerializer(serializers.ModelSerializer[Certificate]):
    """One row of a list."""

    is_in_force = serializers.BooleanField(read_only=True, help_text="Neither revoked nor superseded nor expired.")
    verification_url = serializers.URLField(read_only=True, help_text="The public page; also in the QR code.")

    class Meta:
        model = Certificate
        fields = CERTIFICATE_ROW
        read_only_fields = CERTIFICATE_ROW


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """One certificate."""

    is_in_force = serializers.SerializerMethodField(help_text="Neither revoked nor superseded nor expired.")
    verification_url = serializers.SerializerMethodField(help_text="The public page; also in the QR code.")
    revocation_reason = serializers.SerializerMethodField(help_text="For `certificates:read` only; else empty.")

    class Meta:
        model = Certificate
        fields = (*CERTIFICATE_ROW, "revocation_reason")
        read_only_fields = fields

    def get_is_in_force(self, certificate: Certificate) -> bool:
        return certificate.is_in_force_at(self.context["now"])

    def get_verification_url(self, certificate: Certificate) -> str:
        return verification_url(certificate.number)

    def get_revocation_reason(self, certificate: Certificate) -> str:
        return certificate.revocation_reason if READ_ALL in self.context["request"].user.permissions else ""


class RevocationSerializer(serializers.Serializer[Any]):
    """Why a certificate is revoked."""

    reason = serializers.CharField(max_length=500, help_text="Stays inside the school.")


class NothingSerializer(serializers.Serializer[Any]):
    """An empty body."""


class TemplateSerializer(serializers.ModelSerializer[CertificateTemplate]):
    """How certificates look: data, not code."""

    design = serializers.JSONField(
        required=False,
        help_text="Keys, all optional: `layout` (classic, modern, minimal), `page` (a4, letter), `direction` (auto, "
        "ltr, rtl), `colors` (`primary`, `accent`, `text`, `background` as #rrggbb), `logo` (data: URL of a PNG or "
        "JPEG, at most 200 kB), `texts` (`title`, `preamble`, `body`, `footer`, with the placeholders "
        "{recipient_name}, {course_title}, {completed_date}, {number}, {school}), `signatories` (at most three of "
        "`name`, `title`).",
    )

    class Meta:
        model = CertificateTemplate
        fields = TEMPLATE_ROW
        read_only_fields = ("version", "created_at", "updated_at")


class PreviewSerializer(serializers.Serializer[Any]):
    """Changes to try on; what is absent is as it is stored."""

    design = serializers.JSONField(required=False)
    language = serializers.RegexField(r"^[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*$", max_length=16, required=False)


class VerificationSerializer(serializers.Serializer[PublicCertificate]):
    """What the world may know of a certificate."""

    number = serializers.CharField()
    status = serializers.ChoiceField(
        choices=[(standing.value, standing.value) for standing in Standing], help_text="Only `valid` can be relied on."
    )
    recipient_name = serializers.CharField()
    course_title = serializers.CharField()
    school = serializers.CharField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
