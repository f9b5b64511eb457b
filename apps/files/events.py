"""What happens to files. Payloads carry ids and facts, no names."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FileUploaded(Event):
    """A file has come to be, or has a new version; its bytes are checked but perhaps not scanned yet."""

    name: ClassVar[str] = "file.uploaded.v1"
    file_id: UUID
    blob_id: UUID
    version_number: int
    uploaded_by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class UploadReceived(Event):
    """All bytes of a large upload are in the store; a worker checks them."""

    name: ClassVar[str] = "file.upload_received.v1"
    upload_id: UUID


@dataclass(frozen=True, kw_only=True)
class BlobStored(Event):
    """Bytes that the school did not have yet are stored: they are to be scanned, and pictures drawn smaller."""

    name: ClassVar[str] = "file.blob_stored.v1"
    blob_id: UUID


@dataclass(frozen=True, kw_only=True)
class BlobScanned(Event):
    """It is known what the scanner makes of bytes, or that there is none: `state` is one of `ScanState`."""

    name: ClassVar[str] = "file.blob_scanned.v1"
    blob_id: UUID
    state: str


@dataclass(frozen=True, kw_only=True)
class ScanRequested(Event):
    """Somebody wants bytes scanned again."""

    name: ClassVar[str] = "file.scan_requested.v1"
    blob_id: UUID
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class FileInfected(Event):
    """The scanner found malware in a file; it is in quarantine."""

    name: ClassVar[str] = "file.infected.v1"
    file_id: UUID
    uploaded_by_id: UUID | None
    finding: str


@dataclass(frozen=True, kw_only=True)
class FileDownloaded(Event):
    """Somebody was given the address of the bytes."""

    name: ClassVar[str] = "file.downloaded.v1"
    file_id: UUID
    version_number: int
    actor_id: UUID | None
