"""Bytes on their way into the store: checked, without metadata, hashed while they are written."""

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.ids import new_id
from apps.core.selectors import get_setting
from apps.core.storage import CHUNK_BYTES, ObjectMissing, StorageUnavailable, object_store
from apps.core.tenancy.context import current_tenant_id
from apps.files.inspection import clean_image, inspect
from apps.files.services.quota import MEGABYTE
from apps.files.services.upload_errors import ChecksumMismatch, FileTooLarge, SizeMismatch, UploadIncomplete

logger = logging.getLogger(__name__)

MAX_FILE: Final = "files.max_file_mb"
ALLOWED_TYPES: Final = "files.allowed_types"


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that lie in the store, of a type that may be kept."""

    key: str
    sha256: str
    size_bytes: int
    media_type: str


def new_key(identifier: UUID | None = None) -> str:
    """Return where the open tenant's next object goes."""
    return f"{current_tenant_id()}/uploads/{identifier or new_id()}"


def largest_file() -> int:
    """Return how many bytes one file may have here."""
    megabytes: int = get_setting(MAX_FILE)
    return megabytes * MEGABYTE


def require_bearable(size: int, *, field: str | None = None) -> None:
    """Refuse what is larger than one file may be. Raises FileTooLarge."""
    if size > (limit := largest_file()):
        raise FileTooLarge(limit, field=field)


def take_in(source: BinaryIO, *, name: str, size: int, stored_as: Content | None = None) -> Content:
    """Check what `source` holds, and write it to the store: without metadata if it is a picture.

    Args:
        source: a local file.
        name: what people will call it; the extension must fit the content.
        size: how many bytes it has.
        stored_as: the same bytes in the store, where nobody can change them any more: they stay where they are,
            unless there is metadata to be taken out.

    Raises:
        UnsafeFile: it is not what may be kept here.
        StorageUnavailable: the store failed; it holds nothing of this.
    """
    media_type = inspect(source, name=name, size=size, allowed=get_setting(ALLOWED_TYPES))
    cleaned = clean_image(source, media_type)
    if cleaned is None and stored_as is not None:
        return Content(stored_as.key, stored_as.sha256, size, media_type)
    with cleaned or _left_open(source) as final:
        return _write(final, media_type)


@contextmanager
def _left_open(source: BinaryIO) -> Iterator[BinaryIO]:
    yield source


def _write(source: IO[bytes], media_type: str) -> Content:
    source.seek(0)
    digest = hashlib.sha256()
    key = new_key()
    size = object_store().write(key, _hashed(source, digest), media_type=media_type)
    return Content(key, digest.hexdigest(), size, media_type)


def _hashed(source: IO[bytes], digest: Any) -> Iterator[bytes]:
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        yield chunk


@contextmanager
def fetched(key: str, *, size: int, sha256: str) -> Iterator[BinaryIO]:
    """Yield a local copy of an object, once its size and hash are those that were announced.

    The copy is what is checked and kept, so nothing that happens to the object meanwhile matters.

    Raises:
        UploadIncomplete: there is no object.
        SizeMismatch, ChecksumMismatch: it is another one.
        StorageUnavailable: the store failed, or there is no room for the copy.
    """
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        digest = hashlib.sha256()
        found = 0
        try:
            for chunk in object_store().read(key, end=size + 1):
                digest.update(chunk)
                found += copy.write(chunk)
        except ObjectMissing as error:
            raise UploadIncomplete([1]) from error
        except OSError as error:
            logger.exception("no_room_for_a_copy")
            raise StorageUnavailable from error
        if found != size:
            raise SizeMismatch(reserved=size, found=found if found < size else None)
        if digest.hexdigest() != sha256:
            raise ChecksumMismatch
        yield copy


def discard(*keys: str) -> None:
    """Delete objects that nobody refers to. What the store refuses now, the collection of orphans finds later."""
    try:
        object_store().delete(keys)
    except StorageUnavailable:
        logger.warning("objects_left_behind", extra={"keys": keys})


def occupy(key: str) -> None:
    """Put an empty object in the place of an upload that is over, whose address may be good for a while yet.

    Nobody can take an address back, but none replaces what is there: so nothing comes that no quota counts. The
    collection of orphans takes it away when the address is long over.
    """
    try:
        object_store().write(key, (), media_type="application/octet-stream")
    except StorageUnavailable:
        logger.warning("place_left_open", extra={"key": key})


def discard_on_commit(*keys: str) -> None:
    """Delete objects once the rows that referred to them are gone for good."""
    transaction.on_commit(lambda: discard(*keys), robust=True)
