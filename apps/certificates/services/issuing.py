"""The life of a certificate: issued once per completion, revoked, reissued.

    valid ──revoke──▶ revoked        valid ──reissue──▶ superseded
                      revoked ──reissue──▶ revoked, with a new one beside it

A superseded certificate stays what it is: what happens next happens to the newer one.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.certificates.choices import CertificateStatus
from apps.certificates.events import CertificateIssued, CertificateRevoked
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.numbers import new_number
from apps.core.errors import Conflict, InvalidInput
from apps.core.events import emit
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.users.models import User

MAX_REASON_LENGTH: Final = 500

# The status that the old certificate has after each step; what is not here is refused.
_AFTER_REVOCATION: Final = {CertificateStatus.VALID: CertificateStatus.REVOKED}
_AFTER_REISSUE: Final = {
    CertificateStatus.VALID: CertificateStatus.SUPERSEDED,
    CertificateStatus.REVOKED: CertificateStatus.REVOKED,
}


class EnrollmentNotCompleted(Conflict):
    """There is nothing to certify yet."""

    code = "enrollment_not_completed"
    default_detail = "This enrolment is not completed, so there is nothing to certify. Complete the course first."


class CertificateNotValid(Conflict):
    """The step does not start from the status that the certificate has."""

    code = "certificate_not_valid"


class ReasonMissing(InvalidInput):
    """A revocation says why."""

    code = "reason_missing"
    default_detail = f"Say why the certificate is revoked, in 1 to {MAX_REASON_LENGTH} characters."
    default_field = "reason"


@transaction.atomic
def issue_certificate(*, enrollment: Enrollment, by: User | None = None, now: datetime | None = None) -> Certificate:
    """Issue the certificate of a completed enrolment, or return the one that it has: there is one per completion.

    The names are copied as they are now. The template is the school's default one, and sets the expiry.

    Args:
        enrollment: with its user and course.
        by: who asked for it; None stands for the system.
        now: the moment of issue.

    Returns:
        The newest certificate of the enrolment, whatever its status.

    Raises:
        EnrollmentNotCompleted: the enrolment is not completed.
    """
    if enrollment.status != EnrollmentStatus.COMPLETED or enrollment.completed_at is None:
        raise EnrollmentNotCompleted
    existing = _newest_of(enrollment)
    if existing is not None:
        return existing
    certificate = _draft(enrollment, completed_at=enrollment.completed_at, by=by, now=now or timezone.now())
    certificate, is_new = _insert_once(certificate)
    if is_new:
        _emit_issued(certificate)
    return certificate


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: str, by: User | None, now: datetime | None = None
) -> Certificate:
    """Declare that a valid certificate can no longer be relied on. `reason` stays inside the school.

    Raises:
        ReasonMissing: no reason, or one longer than `MAX_REASON_LENGTH` characters.
        CertificateNotValid: it is revoked or superseded already.
    """
    text = reason.strip()
    if not 1 <= len(text) <= MAX_REASON_LENGTH:
        raise ReasonMissing
    locked = _locked(certificate)
    locked.status = _next_status(locked, _AFTER_REVOCATION)
    locked.revocation_reason = text
    locked.revoked_at = now or timezone.now()
    locked.revoked_by_id = by.id if by else None
    locked.save(update_fields=["status", "revocation_reason", "revoked_at", "revoked_by_id"])
    emit(CertificateRevoked(certificate_id=locked.id, user_id=locked.user_id, course_id=locked.course_id))
    return locked


@transaction.atomic
def reissue_certificate(*, certificate: Certificate, by: User | None, now: datetime | None = None) -> Certificate:
    """Issue a new certificate in place of this one, with the names and the template of today.

    The old one stays verifiable: superseded, or revoked if it was.

    Returns:
        The new certificate.

    Raises:
        CertificateNotValid: it was superseded already; reissue the newer one.
    """
    locked = _locked(certificate)
    locked.status = _next_status(locked, _AFTER_REISSUE)
    locked.save(update_fields=["status"])
    draft = _draft(locked.enrollment, completed_at=locked.completed_at, by=by, now=now or timezone.now())
    draft.supersedes = locked
    issued, _ = _insert_once(draft)
    _emit_issued(issued)
    return issued


def _newest_of(enrollment: Enrollment) -> Certificate | None:
    return Certificate.objects.filter(enrollment=enrollment).order_by("-issued_at", "-id").first()


def _locked(certificate: Certificate) -> Certificate:
    related = Certificate.objects.select_related("enrollment__user", "enrollment__course")
    return related.select_for_update(of=("self",)).get(id=certificate.id)


def _next_status(
    certificate: Certificate, transitions: dict[CertificateStatus, CertificateStatus]
) -> CertificateStatus:
    status = CertificateStatus(certificate.status)
    if status not in transitions:
        advice = "read its page" if status == CertificateStatus.REVOKED else "use the newer one"
        message = f"The certificate {certificate.number} is {status} already; {advice}."
        raise CertificateNotValid(message)
    return transitions[status]


def _draft(enrollment: Enrollment, *, completed_at: datetime, by: User | None, now: datetime) -> Certificate:
    template = CertificateTemplate.objects.filter(is_default=True).first()
    valid_days = template.valid_days if template else None
    return Certificate(
        enrollment=enrollment,
        user=enrollment.user,
        course=enrollment.course,
        template=template,
        recipient_name=enrollment.user.get_full_name(),
        course_title=enrollment.course.title,
        completed_at=completed_at,
        issued_at=now,
        issued_by_id=by.id if by else None,
        expires_at=None if valid_days is None else now + timedelta(days=valid_days),
    )


def _insert_once(certificate: Certificate) -> tuple[Certificate, bool]:
    """Insert unless the completion has a certificate; a number that is taken is replaced by another.

    A concurrent insert of the same completion is waited for by the unique constraint.

    Returns:
        The certificate that the completion has, and whether it is this one.
    """
    while True:
        certificate.number = new_number(certificate.issued_at.year)
        Certificate.objects.bulk_create([certificate], ignore_conflicts=True)
        same_place = {"enrollment": certificate.enrollment, "supersedes": certificate.supersedes}
        stored = Certificate.objects.filter(**same_place).first()
        if stored is not None:
            return stored, stored.id == certificate.id


def _emit_issued(certificate: Certificate) -> None:
    emit(CertificateIssued(certificate_id=certificate.id, user_id=certificate.user_id, course_id=certificate.course_id))
