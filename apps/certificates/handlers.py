"""What certificates do when enrolments are completed, and when certificates are issued."""

from apps.certificates.events import CertificateIssued
from apps.certificates.models import Certificate
from apps.certificates.services import issue_certificate, store_document
from apps.core.events import handles
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.events import EnrollmentCompleted
from apps.enrollments.models import Enrollment


@handles(EnrollmentCompleted)
def issue_on_completion(event: EnrollmentCompleted) -> None:
    """Whoever completed a course gets its certificate, unless the completion was taken back meanwhile.

    It bears the day of the completion, however late the event arrives.
    """
    enrollment = Enrollment.objects.select_related("user", "course").get(id=event.enrollment_id)
    if enrollment.status == EnrollmentStatus.COMPLETED:
        issue_certificate(enrollment=enrollment, now=event.completed_at)


@handles(CertificateIssued)
def store_issued_document(event: CertificateIssued) -> None:
    """The PDF is rendered by a worker; a storage that fails is tried again by the outbox."""
    certificate = Certificate.objects.select_related("template", "course").get(id=event.certificate_id)
    store_document(certificate=certificate)
