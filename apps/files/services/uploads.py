"""Direct uploads: room is reserved, the client sends the bytes to the object store itself, and says when it is done.

A reservation lasts `RESERVATION`; its signed requests are good for an hour and can be had anew at any time, with what
has arrived, so an upload that was interrupted goes on where it was. Up to `ONE_PUT_BELOW` it is one PUT, above it
comes in parts.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, InvalidInput
from apps.core.events import emit
from apps.core.ids import new_id
from apps.core.policies import Actor, actor_id_of
from apps.core.storage import ObjectMissing, object_store
from apps.files.choices import UploadState
from apps.files.events import UploadReceived
from apps.files.models import File, Folder, Upload
from apps.files.services import quota
from apps.files.services.contents import new_key, require_bearable
from apps.files.services.file_names import file_name
from apps.files.services.quota import MEGABYTE
from apps.files.services.receiving import receive_upload
from apps.files.services.upload_errors import (
    SizeMismatch,
    TooManyUploads,
    UploadExpired,
    UploadIncomplete,
    refusal_of,
)
from apps.files.services.upload_parts import part_size_of, plan_of, require_planned
from apps.files.services.upload_states import close, move
from apps.files.services.versions import require_free_name

RESERVATION: Final = timedelta(hours=24)
# Of one person. Room alone would not bound them: tiny ones take none worth mentioning.
MOST_OPEN: Final = 100
ONE_PUT_BELOW: Final = 64 * MEGABYTE
CHECKED_AT_ONCE: Final = 32 * MEGABYTE
# How long a check may take, before whoever made it counts as dead: in a request, and in a worker with its retries.
CHECK_IN_REQUEST: Final = timedelta(minutes=15)
CHECK_IN_WORKER: Final = timedelta(hours=3)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class InvalidChecksum(InvalidInput):
    """The checksum has not the form of one."""

    code = "invalid_checksum"
    default_field = "sha256"
    default_detail = "The SHA-256 of the file has 64 hexadecimal digits."


class InvalidSize(InvalidInput):
    """There is nothing to be uploaded."""

    code = "invalid_size"
    default_field = "size_bytes"
    default_detail = "A file has at least one byte."


def reserve_upload(
    *,
    by: Actor | None,
    name: str,
    size_bytes: int,
    sha256: str,
    now: datetime,
    media_type: str = "",
    folder: Folder | None = None,
    replaces: File | None = None,
) -> Upload:
    """Set room aside for a file that the client will send to the store itself.

    Args:
        by: who uploads; may put something into `folder`, or change `replaces`.
        name: what the file is called.
        size_bytes: exactly how large it is.
        sha256: of its bytes, in hex.
        now: the present.
        media_type: as claimed; the content decides.
        folder: where it goes; without one it is private to them.
        replaces: the file that gets a new version instead.

    Raises:
        InvalidName, InvalidSize, InvalidChecksum, FileTooLarge: it cannot be kept like this.
        NameTaken: the folder has such a file already; upload a version of it instead.
        QuotaExceeded: there is not enough room.
        TooManyUploads: they have `MOST_OPEN` under way.
        StorageUnavailable: the store failed; nothing was set aside.
    """
    owner = actor_id_of(by)
    upload = Upload(
        id=(upload_id := new_id()),
        name=file_name(name),
        size_bytes=_checked_size(size_bytes),
        sha256=_checked_digest(sha256),
        media_type=media_type or "application/octet-stream",
        folder=None if replaces else folder,
        replaces=replaces,
        key=new_key(upload_id),
        uploaded_by_id=owner,
        expires_at=now + RESERVATION,
    )
    if replaces is None:
        require_free_name(name=upload.name, folder=folder)
    with _started_in_parts(upload, now=now), transaction.atomic():
        quota.reserve(size=size_bytes, user_id=owner)
        _require_few_open(owner, now=now)  # nobody else gets past the lock of their usage meanwhile
        upload.save(force_insert=True)
    return upload


def _require_few_open(owner: UUID | None, *, now: datetime) -> None:
    """Refuse more than `MOST_OPEN` uploads of one person; those that are over and not yet closed do not count."""
    if owner is None:
        return
    is_open = Upload.objects.filter(uploaded_by_id=owner, state__in=quota.OPEN_STATES, expires_at__gt=now)
    if is_open.count() >= MOST_OPEN:
        raise TooManyUploads(MOST_OPEN)


def _checked_size(size: int) -> int:
    if size < 1:
        raise InvalidSize
    require_bearable(size, field="size_bytes")
    return size


def _checked_digest(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256.lower()):
        raise InvalidChecksum
    return sha256.lower()


@contextmanager
def _started_in_parts(upload: Upload, *, now: datetime) -> Iterator[None]:
    """Begin an upload in parts where it is large enough, and end it if the block fails.

    What cannot fit is refused before the store is asked for anything.
    """
    if upload.size_bytes < ONE_PUT_BELOW:
        yield
        return
    quota.require_room(size=upload.size_bytes, user_id=upload.uploaded_by_id)
    _require_few_open(upload.uploaded_by_id, now=now)
    store = object_store()
    upload.part_size_bytes = part_size_of(upload.size_bytes)
    upload.multipart_id = store.start_multipart(upload.key, media_type=upload.media_type)
    try:
        yield
    except BaseException:
        store.abort_multipart(upload.key, upload.multipart_id)
        raise


def complete_upload(*, upload: Upload, by: Actor, now: datetime) -> Upload:
    """Take over what has arrived: a small upload is checked now, a larger one by a worker (state `processing`).

    Raises:
        UploadIncomplete: something has not arrived; the upload stays open.
        SizeMismatch, ChecksumMismatch, UnsafeFile, KnownMalware, QuotaExceeded, DestinationGone: the bytes cannot be
            kept; they are deleted, and the room is free again.
        UploadCompleted, UploadExpired, UploadAborted, UploadFailed, UploadProcessing: there is nothing to complete.
        StorageUnavailable: the store does not answer; the upload stays open.
    """
    del by
    is_small = upload.size_bytes <= CHECKED_AT_ONCE
    ends = upload.expires_at
    _begin(upload, now=now, until=now + (CHECK_IN_REQUEST if is_small else CHECK_IN_WORKER))
    with _open_again_or_failed(upload, ends=ends):
        _assemble(upload)
        if is_small:
            receive_upload(upload=upload)
        else:
            _hand_to_worker(upload)
    upload.refresh_from_db()
    return upload


@transaction.atomic
def _hand_to_worker(upload: Upload) -> None:
    emit(UploadReceived(upload_id=upload.id))


def _begin(upload: Upload, *, now: datetime, until: datetime) -> None:
    if upload.state == UploadState.RESERVED and upload.expires_at <= now:
        close(upload, UploadState.EXPIRED)
        raise UploadExpired
    move(upload, UploadState.PROCESSING, expires_at=until)


@contextmanager
def _open_again_or_failed(upload: Upload, *, ends: datetime) -> Iterator[None]:
    """Whatever goes wrong in the block: the upload is open again if it may be tried again, else it has failed."""
    try:
        yield
    except UploadIncomplete:
        move(upload, UploadState.RESERVED, expires_at=ends)
        raise
    except DomainError as error:
        if is_final(error):
            close(upload, UploadState.FAILED, why=error)
        else:
            move(upload, UploadState.RESERVED, expires_at=ends)
        raise
    except Exception:
        move(upload, UploadState.RESERVED, expires_at=ends)
        raise


def is_final(error: DomainError) -> bool:
    """Whether trying again cannot help: it is the bytes or their place that are wrong, not the store."""
    return error.status < 500  # noqa: PLR2004  HTTP's border between what the client and what the server did


def _assemble(upload: Upload) -> None:
    """Make one object of what has arrived. Raises UploadIncomplete, SizeMismatch, StorageUnavailable."""
    store = object_store()
    if upload.multipart_id:
        try:
            arrived = store.parts(upload.key, upload.multipart_id)
            require_planned(upload, arrived)
            store.complete_multipart(upload.key, upload.multipart_id, arrived)
        except ObjectMissing:
            pass  # an earlier try, which was interrupted, has put them together
    found = store.stat(upload.key)
    if found is None:
        raise UploadIncomplete([number for number, _, _ in plan_of(upload)])
    if found.size_bytes != upload.size_bytes:
        raise SizeMismatch(reserved=upload.size_bytes, found=found.size_bytes)


def check_received(*, upload: Upload) -> None:
    """Check a large upload that has arrived, in a worker: it becomes a file, or fails with a code.

    Without effect when somebody did it already.

    Raises:
        StorageUnavailable: the store does not answer; the caller tries again later.
    """
    if upload.state != UploadState.PROCESSING:
        return
    try:
        receive_upload(upload=upload)
    except DomainError as error:
        if not is_final(error):
            raise
        upload.refresh_from_db()
        if upload.state == UploadState.PROCESSING:
            close(upload, UploadState.FAILED, why=error)


def abort_upload(*, upload: Upload, by: Actor) -> None:
    """Give the upload up: its bytes are deleted, and the room is free again.

    Raises:
        UploadCompleted, UploadExpired, UploadFailed, UploadProcessing: it is too late. Aborting twice changes nothing.
    """
    del by
    if upload.state == UploadState.ABORTED:
        return
    if upload.state != UploadState.RESERVED:
        raise refusal_of(upload)
    close(upload, UploadState.ABORTED)
