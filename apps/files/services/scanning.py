"""What the malware scanner says about bytes, and what follows for everybody whose files they are.

The state belongs to the bytes (`Blob`): files and versions that share them share it. From every state but `pending`
nothing is taken back before there is a new verdict, so a second scan never opens what is in quarantine.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.errors import Conflict
from apps.core.events import emit
from apps.core.policies import Actor
from apps.core.storage import ObjectMissing, StorageUnavailable, object_store
from apps.files.choices import ScanState
from apps.files.events import BlobScanned, FileInfected, ScanRequested
from apps.files.models import Blob, File, FileVersion
from apps.files.scanning import Outcome, ScannerUnavailable, scanner

logger = logging.getLogger(__name__)

# The outbox tries eight times within 43 minutes; the attempt after this long is the last one that counts.
PATIENCE: Final = timedelta(minutes=30)
_LONGEST_FINDING: Final = 200
_BATCH: Final = 500
_STATES: Final = {
    Outcome.CLEAN: ScanState.CLEAN,
    Outcome.INFECTED: ScanState.INFECTED,
}
_WITHOUT_VERDICT: Final = (ScanState.PENDING, ScanState.ERROR, ScanState.NOT_SCANNED)
_TOO_LARGE: Final = "Larger than the scanner takes."


class NoScanner(Conflict):
    """There is nothing to scan with."""

    code = "no_scanner"
    default_detail = "No malware scanner is set up, so nothing can be scanned. Ask those who run the platform for one."


def scan_blob(*, blob_id: UUID, waits_since: datetime | None = None) -> None:
    """Have the bytes scanned and record the verdict; those that are gone by now are nobody's concern.

    Without a scanner they are `not_scanned`, as are those larger than it takes (`files.without_scanner` decides).

    Args:
        blob_id: the bytes.
        waits_since: since when they wait for it; None: since they were stored.

    Raises:
        ScannerUnavailable, StorageUnavailable: no verdict yet; the outbox tries again. After `PATIENCE` the state
            becomes `error` instead.
    """
    blob = Blob.objects.filter(id=blob_id).first()
    if blob is None:
        return
    if (configured := scanner()) is None:
        _record(blob_id, ScanState.NOT_SCANNED, only_from={ScanState.PENDING, ScanState.ERROR})
        return
    try:
        verdict = configured.scan(object_store().read(blob.key))
    except (ScannerUnavailable, StorageUnavailable) as error:
        if timezone.now() - (waits_since or blob.created_at) < PATIENCE:
            raise
        _give_up(blob_id, str(error))
    except ObjectMissing:
        _give_up(blob_id, "The store has no such bytes.")
    else:
        if verdict.outcome is Outcome.TOO_LARGE:  # which is no verdict, and takes none back
            _record(blob_id, ScanState.NOT_SCANNED, finding=_TOO_LARGE, only_from=_WITHOUT_VERDICT)
        else:
            _record(blob_id, _STATES[verdict.outcome], finding=verdict.finding)


def _give_up(blob_id: UUID, reason: str) -> None:
    logger.error("scan_failed", extra={"blob": str(blob_id), "reason": reason})
    _record(blob_id, ScanState.ERROR, finding=reason, only_from={ScanState.PENDING})


@transaction.atomic
def _record(
    blob_id: UUID, state: ScanState, *, finding: str = "", only_from: Collection[ScanState] | None = None
) -> None:
    """Write the state; what turns out infected is told of file by file. The lock waits for uploads of these bytes."""
    blob = Blob.objects.select_for_update(no_key=True).filter(id=blob_id).first()
    if blob is None or (only_from is not None and blob.scan_state not in only_from):
        return
    is_news = state == ScanState.INFECTED != blob.scan_state
    blob.scan_state, blob.scan_finding, blob.scanned_at = state, finding[:_LONGEST_FINDING], timezone.now()
    blob.save(update_fields=["scan_state", "scan_finding", "scanned_at"])
    emit(BlobScanned(blob_id=blob.id, state=state.value))
    if is_news:
        _tell_of(blob)


def _tell_of(blob: Blob) -> None:
    """Emit one event per file and person whose version has these bytes, those in the trash included."""
    held_by = FileVersion.objects.filter(blob=blob).order_by("file_id", "uploaded_by_id")
    for file_id, person_id in held_by.values_list("file_id", "uploaded_by_id").distinct():
        emit(FileInfected(file_id=file_id, uploaded_by_id=person_id, finding=blob.scan_finding))


@transaction.atomic
def rescan_file(*, file: File, by: Actor | None) -> File:
    """Have all versions of a file scanned again, in a worker.

    What failed waits (`pending`) meanwhile; the rest stays open or shut until the verdict. The bytes may be those of
    other people's files too, which nobody closes by asking for a scan of a copy.

    Raises:
        NoScanner: none is set up.
    """
    del by
    if scanner() is None:
        raise NoScanner
    blob_ids = set(FileVersion.objects.filter(file_id=file.id).values_list("blob_id", flat=True))
    _request(blob_ids, waiting=[ScanState.ERROR])
    return file


@transaction.atomic
def request_scans(*, states: Collection[ScanState], after: UUID | None = None) -> tuple[int, UUID | None]:
    """Have up to `_BATCH` contents of the open school in one of these states scanned, in workers.

    Args:
        states: which.
        after: go on behind this one.

    Returns:
        How many, and the last of them; None: there are no more.

    Raises:
        NoScanner: none is set up.
    """
    if scanner() is None:
        raise NoScanner
    waiting = Blob.objects.filter(scan_state__in=states).order_by("id")
    if after is not None:
        waiting = waiting.filter(id__gt=after)
    batch = list(waiting.values_list("id", flat=True)[:_BATCH])
    _request(batch, waiting=[ScanState.ERROR, ScanState.NOT_SCANNED])
    return len(batch), batch[-1] if batch else None


def _request(blob_ids: Collection[UUID], *, waiting: Collection[ScanState]) -> None:
    """Ask for scans; what is in one of the states `waiting` is pending until then."""
    now = timezone.now()
    closed = Blob.objects.filter(id__in=blob_ids, scan_state__in=waiting)
    closed.update(scan_state=ScanState.PENDING, scan_finding="")
    for blob_id in sorted(blob_ids):
        emit(ScanRequested(blob_id=blob_id, requested_at=now))
