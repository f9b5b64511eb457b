"""The HTTP edge of certificates."""

from apps.certificates.views.certificates import (
    CertificateViewSet,
    EnrollmentCertificateViewSet,
    MyCertificatesViewSet,
)
from apps.certificates.views.public import verification_form, verification_page
from apps.certificates.views.templates import TemplateViewSet
from apps.certificates.views.verification import VerificationViewSet

__all__ = [
    "CertificateViewSet",
    "EnrollmentCertificateViewSet",
    "MyCertificatesViewSet",
    "TemplateViewSet",
    "VerificationViewSet",
    "verification_form",
    "verification_page",
]
