"""Demo data: a template per school; the certificates follow from the completed enrolments."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef

from apps.certificates.choices import CertificateStatus
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.services import create_template, issue_certificate, revoke_certificate
from apps.core.demo import DEMO_SCHOOLS, DemoSchool
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment

DEMO_STEPS: Final = 2
TEMPLATE_NAME: Final = "Course completion"
DESIGNS: Final[dict[str, dict[str, Any]]] = {
    "acme": {
        "layout": "classic",
        "texts": {"footer": "{school}"},
        "signatories": [
            {"name": "Margaret Collins", "title": "Director of Learning"},
            {"name": "Daniel Okafor", "title": "Head of Certification"},
        ],
    },
    "techu": {
        "layout": "modern",
        "page": "letter",
        "texts": {"title": "Certificate of Achievement", "footer": "{school}"},
        "signatories": [{"name": "Prof. Elena Petrova", "title": "Dean of Studies"}],
    },
}


def seed_platform_demo() -> None:
    """Give both schools their template before anybody completes a course there."""
    for tenant in Tenant.objects.filter(slug__in=[school.slug for school in DEMO_SCHOOLS]).order_by("slug"):
        with tenant_context(tenant):
            _ensure_template(tenant)


def seed_demo(school: DemoSchool) -> None:
    """Issue what the events have not issued yet, and revoke one, to be seen at its verification page."""
    issued = Certificate.objects.filter(enrollment=OuterRef("id"))
    without = Enrollment.objects.filter(~Exists(issued), status=EnrollmentStatus.COMPLETED)
    for enrollment in without.select_related("user", "course").order_by("completed_at", "id"):
        issue_certificate(enrollment=enrollment, now=enrollment.completed_at)
    school.advance()
    if not Certificate.objects.filter(status=CertificateStatus.REVOKED).exists():
        _revoke_one(school)
    school.advance()


def _ensure_template(tenant: Tenant) -> None:
    if CertificateTemplate.objects.filter(name=TEMPLATE_NAME).exists():
        return
    colors = {"primary": tenant.theme["primary_color"], "accent": tenant.theme["accent_color"]}
    create_template(name=TEMPLATE_NAME, design={**DESIGNS[tenant.slug], "colors": colors}, is_default=True, by=None)


def _revoke_one(school: DemoSchool) -> None:
    """Revoke that of the last learner by first name: not Alice's, as whom people try the API first."""
    certificate = Certificate.objects.order_by("-user__first_name", "-user__last_name", "id").first()
    if certificate is not None:
        reason = "The final project turned out to be somebody else's work."
        revoke_certificate(certificate=certificate, reason=reason, by=None, now=school.now - timedelta(days=3))
