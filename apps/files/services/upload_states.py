"""The life of an upload: which states follow which, one compare-and-set per step."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.core.errors import DomainError, NotFound
from apps.core.storage import StorageUnavailable, object_store
from apps.files.choices import UploadState
from apps.files.models import Upload
from apps.files.services import quota
from apps.files.services.contents import discard, logger, occupy
from apps.files.services.upload_errors import refusal_of

# Where an upload may go, and from where. What is not here is refused.
SOURCES: Final[dict[str, tuple[str, ...]]] = {
    UploadState.PROCESSING: (UploadState.RESERVED,),
    UploadState.RESERVED: (UploadState.PROCESSING,),  # bytes are missing, or the store failed: try again
    UploadState.COMPLETED: (UploadState.PROCESSING,),
    UploadState.FAILED: (UploadState.PROCESSING,),
    UploadState.EXPIRED: (UploadState.RESERVED,),
    UploadState.ABORTED: (UploadState.RESERVED,),
}
INTERRUPTED: Final = "check_interrupted"
_LONGEST_DETAIL: Final = 500


def move(upload: Upload, target: UploadState, **facts: Any) -> None:
    """Take one step: a compare-and-set, so that of two that try one succeeds.

    Raises:
        UploadCompleted, UploadExpired, UploadAborted, UploadFailed, UploadProcessing: somebody else was first.
    """
    changed = Upload.objects.filter(id=upload.id, state__in=SOURCES[target]).update(state=target, **facts)
    if not changed:
        found = Upload.objects.filter(id=upload.id).first()
        raise refusal_of(found) if found and found.state != UploadState.RESERVED else NotFound
    upload.state = target
    for name, value in facts.items():
        setattr(upload, name, value)


def finish(upload: Upload) -> None:
    """Note that the upload has become a file; in the transaction that makes the file. Raises as `move`."""
    move(upload, UploadState.COMPLETED)


@transaction.atomic
def close(upload: Upload, target: UploadState, *, why: DomainError | None = None) -> None:
    """Give an upload up: its room is free again, its bytes are deleted after the commit. Raises as `move`.

    Args:
        upload: the upload.
        target: FAILED, EXPIRED or ABORTED.
        why: what was wrong, if it failed.
    """
    facts = {"failure_code": why.code, "failure_detail": why.detail[:_LONGEST_DETAIL]} if why else {}
    move(upload, target, **facts)
    quota.release(size=upload.size_bytes, user_id=upload.uploaded_by_id)
    key, multipart_id = upload.key, upload.multipart_id
    if multipart_id:
        transaction.on_commit(lambda: _discard_parts(key, multipart_id), robust=True)
    elif target == UploadState.EXPIRED:  # and its address with it
        transaction.on_commit(lambda: discard(key), robust=True)
    else:
        transaction.on_commit(lambda: occupy(key), robust=True)


def _discard_parts(key: str, multipart_id: str) -> None:
    """Delete what arrived. What the store refuses now, the collection of orphans finds later."""
    try:
        object_store().abort_multipart(key, multipart_id)
    except StorageUnavailable:
        logger.warning("multipart_left_behind", extra={"key": key})
    discard(key)


class CheckInterrupted(DomainError):
    """Whoever checked the bytes died, or the store did not answer for hours."""

    code = INTERRUPTED
    default_detail = "The check of the bytes was interrupted, and they were discarded. Start a new upload."


def close_due(*, now: datetime, limit: int) -> int:
    """Close uploads of the open school whose time is over: nobody completed them, or their check died.

    Returns:
        How many were closed; fewer than `limit` when none is left.
    """
    open_states = [UploadState.RESERVED, UploadState.PROCESSING]
    due = Upload.objects.filter(state__in=open_states, expires_at__lte=now).order_by("expires_at")[:limit]
    return sum(_close_one(upload.id, now) for upload in due)


@transaction.atomic
def _close_one(upload_id: UUID, now: datetime) -> bool:
    """Close one upload, unless its owner or another worker is just at it."""
    locked = Upload.objects.select_for_update(of=("self",), skip_locked=True)
    upload = locked.filter(id=upload_id, expires_at__lte=now, state__in=quota.OPEN_STATES).first()
    if upload is None:
        return False
    if upload.state == UploadState.RESERVED:
        close(upload, UploadState.EXPIRED)
    else:
        close(upload, UploadState.FAILED, why=CheckInterrupted())
    return True


@transaction.atomic
def close_uploads_to(*, folder_ids: Iterable[UUID] = (), file_ids: Iterable[UUID] = ()) -> None:
    """Close the open uploads into folders and to files that are about to be deleted for good."""
    of_those = Q(folder_id__in=list(folder_ids)) | Q(replaces_id__in=list(file_ids))
    uploads = Upload.objects.select_for_update(of=("self",)).filter(of_those, state__in=quota.OPEN_STATES)
    for upload in uploads.order_by("id"):
        is_idle = upload.state == UploadState.RESERVED
        close(
            upload, UploadState.ABORTED if is_idle else UploadState.FAILED, why=None if is_idle else CheckInterrupted()
        )
