"""The life of a certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.certificates import handlers
from apps.certificates.events import CertificateIssued
from apps.certificates.factories import CertificateFactory, CertificateTemplateFactory
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.services import (
    CertificateNotHandedOut,
    CertificateNotValid,
    EnrollmentNotCompleted,
    ReasonMissing,
    create_template,
    delete_template,
    issue_certificate,
    read_document,
    reissue_certificate,
    revoke_certificate,
    store_document,
)
from apps.certificates.tests.pdf import text_of
from apps.core.choices import DeliveryState
from apps.core.events import emit
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.events import EnrollmentCompleted
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.models import User

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_school")


def completed(enrollment: Enrollment) -> EnrollmentCompleted:
    return EnrollmentCompleted(
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        user_id=enrollment.user_id,
        completed_at=enrollment.completed_at or NOW,
    )


def test_a_certificate_copies_names_and_takes_the_default_template(enrollment: Enrollment, admin: User) -> None:
    CertificateTemplateFactory.create(valid_days=1)
    template = CertificateTemplateFactory.create(is_default=True, valid_days=30)

    certificate = issue_certificate(enrollment=enrollment, by=admin, now=NOW)

    assert certificate.recipient_name == enrollment.user.get_full_name()
    assert certificate.course_title == "Python"
    assert certificate.completed_at == enrollment.completed_at
    assert certificate.template == template
    assert certificate.issued_at == NOW
    assert certificate.issued_by_id == admin.id
    assert certificate.expires_at == NOW + timedelta(days=30)
    assert certificate.number.startswith("LMS-2026-")
    assert certificate.is_in_force_at(NOW)
    assert not certificate.is_in_force_at(NOW + timedelta(days=30))


def test_without_a_template_it_never_expires(enrollment: Enrollment) -> None:
    assert issue_certificate(enrollment=enrollment).expires_at is None


def test_issuing_again_gives_the_same_certificate_and_no_second_event(enrollment: Enrollment) -> None:
    first = issue_certificate(enrollment=enrollment)

    assert issue_certificate(enrollment=enrollment) == first
    assert Delivery.objects.filter(event="certificate.issued.v1").count() == 1


def test_a_number_that_is_taken_is_replaced(enrollment: Enrollment) -> None:
    taken = CertificateFactory.create().number
    with patch("apps.certificates.services.issuing.new_number", side_effect=[taken, "LMS-2026-FREE"]):
        certificate = issue_certificate(enrollment=enrollment)

    assert certificate.number == "LMS-2026-FREE"


@pytest.mark.parametrize("status", ["pending", "active", "dropped", "expired", "suspended"])
def test_only_what_is_completed_is_certified(school: Tenant, status: str) -> None:
    with pytest.raises(EnrollmentNotCompleted):
        issue_certificate(enrollment=EnrollmentFactory.create(status=status))

    assert Certificate.objects.count() == 0


def test_completion_leads_to_a_certificate_with_its_document(
    enrollment: Enrollment, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        emit(completed(enrollment))

    certificate = Certificate.objects.get()
    assert certificate.document.name == f"tenants/{certificate.tenant_id}/certificates/{certificate.id}.pdf"
    assert certificate.number in text_of(read_document(certificate=certificate))


def test_a_completion_that_was_taken_back_gives_nothing(enrollment: Enrollment) -> None:
    event = completed(enrollment)
    Enrollment.objects.update(status="active", completed_at=None)

    handlers.issue_on_completion(event)

    assert Certificate.objects.count() == 0


def test_a_storage_that_fails_is_tried_again(
    enrollment: Enrollment, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with (
        patch.object(type(default_storage._wrapped), "_save", side_effect=OSError("disk full")),  # type: ignore[attr-defined]
        django_capture_on_commit_callbacks(execute=True),
    ):
        certificate = issue_certificate(enrollment=enrollment)

    delivery = Delivery.objects.get(handler="certificates.store_issued_document")
    assert delivery.state == DeliveryState.PENDING
    assert "disk full" in delivery.last_error
    certificate.refresh_from_db()
    assert certificate.document.name == ""


def test_storing_twice_leaves_one_file(certificate: Certificate) -> None:
    store_document(certificate=certificate)

    again = store_document(certificate=certificate)

    path = Path(again.document.path)
    assert list(path.parent.iterdir()) == [path]


def test_what_a_dying_process_left_behind_is_replaced(certificate: Certificate) -> None:
    path = f"tenants/{certificate.tenant_id}/certificates/{certificate.id}.pdf"
    default_storage.save(path, ContentFile(b"%PDF half of it"))

    stored = store_document(certificate=certificate)

    assert stored.document.name == path
    assert read_document(certificate=stored).endswith(b"%%EOF")


def test_a_lost_document_is_rendered_again(certificate: Certificate) -> None:
    stored = store_document(certificate=certificate)
    before = read_document(certificate=stored)
    Path(stored.document.path).unlink()

    assert read_document(certificate=stored) == before


def test_a_template_shapes_the_document(enrollment: Enrollment) -> None:
    design = {"texts": {"title": "Diploma of {school}"}}
    CertificateTemplateFactory.create(is_default=True, design=design, language="de")

    text = text_of(read_document(certificate=issue_certificate(enrollment=enrollment)))

    assert "Diploma of Maple School" in text
    assert "Zertifikatsnummer" in text


def test_revoking_notes_who_when_and_why(certificate: Certificate, admin: User) -> None:
    revoked = revoke_certificate(certificate=certificate, reason=" Plagiarism ", by=admin, now=NOW)

    revoked.refresh_from_db()
    assert revoked.status == "revoked"
    assert revoked.revoked_at == NOW
    assert revoked.revoked_by_id == admin.id
    assert revoked.revocation_reason == "Plagiarism"
    assert not revoked.is_in_force_at(NOW)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_revoking_asks_for_a_reason(certificate: Certificate, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        revoke_certificate(certificate=certificate, reason=reason, by=None)

    certificate.refresh_from_db()
    assert certificate.status == "valid"


def test_revoking_twice_is_refused(certificate: Certificate) -> None:
    revoke_certificate(certificate=certificate, reason="Plagiarism", by=None, now=NOW)

    with pytest.raises(CertificateNotValid, match="revoked already"):
        revoke_certificate(certificate=certificate, reason="Again", by=None)

    certificate.refresh_from_db()
    assert certificate.revocation_reason == "Plagiarism"


def test_reissuing_supersedes_and_takes_the_names_of_today(certificate: Certificate, admin: User) -> None:
    User.objects.filter(id=certificate.user_id).update(first_name="Zoë", last_name="Bell")

    issued = reissue_certificate(certificate=certificate, by=admin, now=NOW)

    certificate.refresh_from_db()
    assert certificate.status == "superseded"
    assert certificate.recipient_name != "Zoë Bell"
    assert issued.recipient_name == "Zoë Bell"
    assert issued.supersedes_id == certificate.id
    assert issued.number != certificate.number
    assert issued.completed_at == certificate.completed_at
    assert Delivery.objects.get(handler="certificates.store_issued_document").payload["certificate_id"] == str(
        issued.id
    )


def test_a_superseded_certificate_is_left_alone(certificate: Certificate) -> None:
    newer = reissue_certificate(certificate=certificate, by=None)

    with pytest.raises(CertificateNotValid, match="use the newer one"):
        reissue_certificate(certificate=certificate, by=None)
    with pytest.raises(CertificateNotValid):
        revoke_certificate(certificate=certificate, reason="Late", by=None)

    assert list(Certificate.objects.order_by("issued_at")) == [certificate, newer]


def test_a_certificate_revoked_in_error_can_be_reissued_and_stays_revoked(certificate: Certificate) -> None:
    revoke_certificate(certificate=certificate, reason="Mistake", by=None)

    issued = reissue_certificate(certificate=certificate, by=None)

    certificate.refresh_from_db()
    assert (certificate.status, issued.status) == ("revoked", "valid")


def test_issuing_after_a_reissue_gives_the_newest(certificate: Certificate, enrollment: Enrollment) -> None:
    newer = reissue_certificate(certificate=certificate, by=None)

    assert issue_certificate(enrollment=enrollment) == newer


def test_what_does_not_hold_is_not_handed_out(certificate: Certificate) -> None:
    revoked = revoke_certificate(certificate=certificate, reason="Plagiarism", by=None)

    with pytest.raises(CertificateNotHandedOut):
        read_document(certificate=revoked)


def test_certificates_survive_their_template(enrollment: Enrollment, admin: User) -> None:
    template = create_template(name="First", is_default=True, by=admin)
    certificate = issue_certificate(enrollment=enrollment)

    delete_template(template=template, by=admin)

    certificate.refresh_from_db()
    assert certificate.template is None
    assert "Certificate of Completion" in text_of(read_document(certificate=certificate))
    assert CertificateTemplate.objects.count() == 0


def test_the_handler_of_another_school_finds_nothing(certificate: Certificate, other_school: Tenant) -> None:
    event = CertificateIssued(
        certificate_id=certificate.id, user_id=certificate.user_id, course_id=certificate.course_id
    )

    with tenant_context(other_school), pytest.raises(Certificate.DoesNotExist):
        handlers.store_issued_document(event)
