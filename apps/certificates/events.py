"""What happened to certificates."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """Somebody holds a new certificate (also after a reissue)."""

    name: ClassVar[str] = "certificate.issued.v1"
    certificate_id: UUID
    user_id: UUID
    course_id: UUID


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Event):
    """A certificate can no longer be relied on."""

    name: ClassVar[str] = "certificate.revoked.v1"
    certificate_id: UUID
    user_id: UUID
    course_id: UUID
