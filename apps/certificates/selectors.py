"""What the world may know of a certificate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from apps.certificates.choices import CertificateStatus
from apps.certificates.models import Certificate
from apps.certificates.numbers import normalize_number
from apps.core.tenancy.context import platform_context


class Standing(StrEnum):
    """How a certificate stands for the one who asks."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCertificate:
    """What the paper says, and how it stands today: nothing about the person beyond that."""

    number: str
    status: Standing
    recipient_name: str
    course_title: str
    school: str
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A certificate, and what its page needs to look like its school's."""

    certificate: PublicCertificate
    theme: dict[str, Any]
    language: str


_COLUMNS = (
    "number", "status", "recipient_name", "course_title", "issued_at", "expires_at", "revoked_at", "tenant__name",
    "tenant__theme", "template__language",
)  # fmt: skip


def find_verification(typed: str, *, now: datetime) -> Verification | None:
    """Return the certificate with the number that somebody typed, in whichever school; None where there is none."""
    number = normalize_number(typed)
    if number is None:
        return None
    with platform_context(reason="verify a certificate of any school by its number"):
        row = Certificate.objects.filter(number=number).values(*_COLUMNS).first()
    if row is None:
        return None
    certificate = PublicCertificate(
        number=row["number"],
        status=_standing(row, now),
        recipient_name=row["recipient_name"],
        course_title=row["course_title"],
        school=row["tenant__name"],
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
    return Verification(certificate=certificate, theme=row["tenant__theme"], language=row["template__language"] or "en")


def _standing(row: dict[str, Any], now: datetime) -> Standing:
    if row["status"] != CertificateStatus.VALID:
        return Standing(row["status"])
    return Standing.EXPIRED if row["expires_at"] is not None and row["expires_at"] <= now else Standing.VALID
