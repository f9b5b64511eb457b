"""Writes of certificates and their templates."""

from apps.certificates.services.documents import (
    CertificateNotHandedOut,
    preview_template,
    read_document,
    store_document,
)
from apps.certificates.services.issuing import (
    CertificateNotValid,
    EnrollmentNotCompleted,
    ReasonMissing,
    issue_certificate,
    reissue_certificate,
    revoke_certificate,
)
from apps.certificates.services.templates import (
    InvalidTemplate,
    TemplateConflict,
    create_template,
    delete_template,
    update_template,
)

__all__ = [
    "CertificateNotHandedOut",
    "CertificateNotValid",
    "EnrollmentNotCompleted",
    "InvalidTemplate",
    "ReasonMissing",
    "TemplateConflict",
    "create_template",
    "delete_template",
    "issue_certificate",
    "preview_template",
    "read_document",
    "reissue_certificate",
    "revoke_certificate",
    "store_document",
    "update_template",
]
