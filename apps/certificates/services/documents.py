"""The PDF of a certificate: stored once, rendered again when it is gone."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.certificates.choices import CertificateStatus
from apps.certificates.design import Design, parse_design
from apps.certificates.links import verification_url
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.rendering import Paper, render_pdf
from apps.core.errors import Conflict
from apps.core.tenancy.context import current_tenant_id

logger = logging.getLogger(__name__)

_SAMPLE_NUMBER: Final = "LMS-2026-0000-0000-0000-0"
_SAMPLE_DAYS: Final = 365


class CertificateNotHandedOut(Conflict):
    """A paper that does not hold is not given out again."""

    code = "certificate_not_valid"
    default_detail = (
        "This certificate was revoked or superseded, so its PDF is not handed out any more. Its verification page "
        "tells how it stands."
    )


@transaction.atomic
def store_document(*, certificate: Certificate) -> Certificate:
    """Render the certificate and store the PDF under the school's own path; storing again replaces it.

    Raises whatever the storage raises: the caller tries again later.
    """
    path = f"tenants/{current_tenant_id()}/certificates/{certificate.id}.pdf"
    if default_storage.exists(path):  # what a process left behind that died before its commit, perhaps half of it
        default_storage.delete(path)
    certificate.document.name = default_storage.save(path, ContentFile(_render(certificate)))
    certificate.save(update_fields=["document"])
    return certificate


def read_document(*, certificate: Certificate) -> bytes:
    """Return the PDF: the stored one, or a new rendering where there is none.

    Raises:
        CertificateNotHandedOut: the certificate is revoked or superseded.
    """
    if certificate.status != CertificateStatus.VALID:
        raise CertificateNotHandedOut
    if certificate.document:
        try:
            with certificate.document.open("rb") as file:
                return bytes(file.read())
        except Exception:  # lost, or the storage does not answer; the row is the certificate
            logger.warning("certificate_document_unreadable", extra={"certificate": str(certificate.id)}, exc_info=True)
    return _render(certificate)


def preview_template(*, template: CertificateTemplate, changes: dict[str, Any], now: datetime) -> bytes:
    """Return a sample certificate in this template, with `changes` (`design`, `language`) tried on.

    Raises:
        InvalidDesign: the design is not one.
    """
    design = parse_design(changes.get("design", template.design))
    paper = Paper(
        number=_SAMPLE_NUMBER,
        recipient_name="Alex Sample",
        course_title="A Course of Yours",
        school=template.tenant.name,
        completed_at=now,
        issued_at=now,
        expires_at=now + timedelta(days=template.valid_days or _SAMPLE_DAYS),
        verification_url=verification_url(_SAMPLE_NUMBER),
    )
    return render_pdf(paper, design, changes.get("language", template.language))


def _render(certificate: Certificate) -> bytes:
    template = certificate.template
    paper = Paper(
        number=certificate.number,
        recipient_name=certificate.recipient_name,
        course_title=certificate.course_title,
        school=certificate.tenant.name,
        completed_at=certificate.completed_at,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
        verification_url=verification_url(certificate.number),
    )
    if template is None:
        return render_pdf(paper, Design(), certificate.course.language)
    return render_pdf(paper, parse_design(template.design), template.language)
