"""Downloads: a short-lived address of the bytes, once the scanner agrees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from apps.core.errors import Conflict
from apps.core.events import emit
from apps.core.policies import Actor, actor_id_of
from apps.core.selectors import get_setting
from apps.core.storage import Delivered, object_store
from apps.files.choices import ScanState
from apps.files.events import FileDownloaded
from apps.files.inspection import may_show_inline
from apps.files.models import Blob, File, FileVersion
from apps.files.scanning import scanner
from apps.files.services.versions import UnknownVersion

SECONDS: Final = 300
_ACCEPT: Final = "accept"


class ScanPending(Conflict):
    """Nobody knows yet whether the bytes are harmless."""

    code = "scan_pending"
    default_detail = "The malware scanner has not looked at this file yet. Try again in a moment."


class NotScanned(ScanPending):
    """Nobody is going to look: there is no scanner, or the bytes are more than it takes. This school holds those."""

    default_detail = (
        "No malware scanner has looked at this file, and this school opens none without that. Ask an admin of the "
        "school (the setting files.without_scanner)."
    )


class FileInfected(Conflict):
    """The bytes are in quarantine."""

    code = "file_infected"
    default_detail = "The malware scanner found something in this file; it is in quarantine and stays there."


class ScanFailed(Conflict):
    """The scanner could not read the bytes."""

    code = "scan_failed"
    default_detail = "The malware scanner could not check this file. Ask an admin of the school to scan it again."


_REFUSED: Final[dict[str, type[Conflict]]] = {
    ScanState.PENDING: ScanPending,
    ScanState.INFECTED: FileInfected,
    ScanState.ERROR: ScanFailed,
}


@dataclass(frozen=True, slots=True)
class Download:
    """Where the bytes of a version are to be fetched, until when, and what they are."""

    url: str
    expires_at: datetime
    file_name: str
    media_type: str
    size_bytes: int
    is_inline: bool


def require_harmless(blob: Blob) -> None:
    """Refuse bytes that the scanner has not cleared; without a scanner the school's setting decides.

    Raises:
        ScanPending: they wait for the scanner; NotScanned: for one that does not come.
        FileInfected: it found something.
        ScanFailed: it failed.
    """
    state = blob.scan_state
    if state == ScanState.PENDING and scanner() is None:
        state = ScanState.NOT_SCANNED  # which a worker is about to write down
    if refusal := _REFUSED.get(state):
        raise refusal
    if state == ScanState.NOT_SCANNED and get_setting("files.without_scanner") != _ACCEPT:
        raise NotScanned


def sign_download(*, file: File, by: Actor | None, number: int | None = None, inline: bool = False) -> Download:
    """Return a signed address of the current version, or of version `number`, good for `SECONDS`.

    Args:
        file: with its blob.
        by: who asks, for the event.
        number: a version of it.
        inline: let browsers show it, if its type is one that cannot run as a page of ours; else it is saved.

    Raises:
        UnknownVersion: there is no such version.
        ScanPending, FileInfected, ScanFailed: see `require_harmless`.
        StorageUnavailable: the store cannot sign.
    """
    source: File | FileVersion = file
    if number is not None and number != file.version_number:
        source = _version(file, number)
    require_harmless(source.blob)
    delivered = Delivered(source.name, source.media_type, is_inline=inline and may_show_inline(source.media_type))
    signed = object_store().sign_get(source.blob.key, delivered, seconds=SECONDS)
    with transaction.atomic():
        emit(FileDownloaded(file_id=file.id, version_number=number or file.version_number, actor_id=actor_id_of(by)))
    return Download(
        url=signed.url,
        expires_at=signed.expires_at,
        file_name=source.name,
        media_type=source.media_type,
        size_bytes=source.size_bytes,
        is_inline=delivered.is_inline,
    )


def _version(file: File, number: int) -> FileVersion:
    version = FileVersion.objects.select_related("blob").filter(file=file, number=number).first()
    if version is None:
        raise UnknownVersion
    return version
