"""The object store on the local disk, with the same protocol as the others: its signed requests come to us.

Objects lie below `MEDIA_ROOT/objects/`, uploads under way below `MEDIA_ROOT/staging/`, which must be on the same file
system. `apps.core.storage.views` answers the signed requests.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from apps.core.storage.base import (
    CHUNK_BYTES,
    Delivered,
    ObjectMissing,
    OpenMultipart,
    SignedRequest,
    StorageUnavailable,
    StoredObject,
    StoredPart,
)
from apps.core.storage.delivery import disposition_of, media_type_of
from apps.core.storage.keys import checked_key, is_key
from apps.core.storage.staging import Staging, write_file
from apps.core.storage.tokens import Permit, token_of

logger = logging.getLogger(__name__)
WRITE_ONCE: Final = {"If-None-Match": "*"}


class AlreadyStored(Exception):
    """A signed upload came to a key that has its object already: what was checked cannot be replaced."""


class LocalStore:
    """Files of this machine, or of a volume that all machines share."""

    name = "local"
    smallest_part = 1
    most_parts = 10_000

    def __init__(self, storage: FileSystemStorage) -> None:
        self._storage = storage

    def sign_get(self, key: str, delivered: Delivered, *, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        permit = Permit(
            "GET",
            checked_key(key),
            _expiry(seconds),
            media_type=media_type_of(delivered.media_type),
            disposition=disposition_of(delivered),
        )
        return _signed(permit)

    def sign_put(self, key: str, *, size: int, media_type: str, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        permit = Permit("PUT", checked_key(key), _expiry(seconds), media_type=media_type, size=size)
        return _signed(permit, {"Content-Type": media_type, **WRITE_ONCE})

    def start_multipart(self, key: str, *, media_type: str) -> str:
        """See `ObjectStore`."""
        del media_type  # the disk keeps none
        with _disk():
            return self._staging.start(key)

    def sign_part(self, key: str, multipart_id: str, number: int, *, size: int, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        permit = Permit("PUT", checked_key(key), _expiry(seconds), size=size, multipart_id=multipart_id, number=number)
        return _signed(permit)

    def parts(self, key: str, multipart_id: str) -> Sequence[StoredPart]:
        """See `ObjectStore`."""
        with _disk():
            return self._staging.parts(key, multipart_id)

    def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        """See `ObjectStore`."""
        with _disk():
            with self._staging.join(key, multipart_id, parts) as whole:
                whole.replace(self._path(key, make_folder=True))
            self._staging.remove(key, multipart_id)

    def seal(self, key: str, into: str) -> str:
        """See `ObjectStore`. Completing has removed the folder that parts come to."""
        del into
        if self.stat(key) is None:
            raise ObjectMissing(key)
        return key

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """See `ObjectStore`."""
        self._staging.remove(key, multipart_id)

    def open_multiparts(self, prefix: str) -> Iterator[OpenMultipart]:
        """See `ObjectStore`. A whole upload that a process died over is one of them."""
        with _disk():
            yield from self._staging.uploads(prefix)

    def write(self, key: str, chunks: Iterable[bytes], *, media_type: str) -> int:
        """See `ObjectStore`."""
        del media_type
        with _disk(), self._draft(key, chunks) as draft:
            size = draft.stat().st_size
            draft.replace(self._path(key, make_folder=True))
        return size

    def receive(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store the body of a signed upload, once. Raises AlreadyStored."""
        with _disk(), self._draft(key, chunks) as draft:
            try:
                self._path(key, make_folder=True).hardlink_to(draft)
            except FileExistsError as error:
                raise AlreadyStored(key) from error

    def receive_part(self, key: str, multipart_id: str, number: int, chunks: Iterable[bytes]) -> StoredPart:
        """Store the body of a signed part. Raises ObjectMissing when there is no such upload (any more)."""
        with _disk():
            return self._staging.put_part(key, multipart_id, number, chunks)

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See `ObjectStore`."""
        found = self.stat(key)
        if found is None:
            raise ObjectMissing(key)
        return self._chunks(key, start, found.size_bytes if end is None else min(end, found.size_bytes))

    def open(self, key: str) -> BinaryIO:
        """Open an object's file to be read. Raises ObjectMissing."""
        with _disk():
            try:
                return self._path(key).open("rb")
            except FileNotFoundError as error:
                raise ObjectMissing(key) from error

    def stat(self, key: str) -> StoredObject | None:
        """See `ObjectStore`."""
        with _disk():
            try:
                return _stored(key, self._path(key).stat())
            except FileNotFoundError:
                return None

    def delete(self, keys: Sequence[str]) -> None:
        """See `ObjectStore`."""
        with _disk():
            for key in keys:
                self._path(key).unlink(missing_ok=True)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """See `ObjectStore`."""
        deepest = (self._objects / prefix.rpartition("/")[0]).resolve()
        if not deepest.is_relative_to(self._objects):
            return
        for folder, _, names in os.walk(deepest, onerror=_raise):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self._objects).as_posix()
                if key.startswith(prefix) and is_key(key) and not path.is_symlink() and (found := self.stat(key)):
                    yield found

    def check(self) -> None:
        """See `ObjectStore`."""
        with _disk():
            for folder in (self._objects, self._staging.root):
                folder.mkdir(parents=True, exist_ok=True)
                if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                    raise StorageUnavailable

    def allow_browsers(self, origins: Sequence[str]) -> None:
        """See `ObjectStore`. Nothing to do: our own answers follow `CORS_ALLOWED_ORIGINS`."""

    @property
    def _root(self) -> Path:
        return Path(self._storage.location).resolve()

    @property
    def _objects(self) -> Path:
        return self._root / "objects"

    @property
    def _staging(self) -> Staging:
        return Staging(self._root / "staging")

    def _path(self, key: str, *, make_folder: bool = False) -> Path:
        """Return the object's file. Nothing on the way to it may be a link to elsewhere."""
        path = self._objects / checked_key(key)
        if path.resolve() != path:
            logger.error("storage_link_refused")
            raise StorageUnavailable
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def _draft(self, key: str, chunks: Iterable[bytes]) -> Iterator[Path]:
        """Write a file in the staging folder; whatever happens, it is gone afterwards."""
        multipart_id = self._staging.start(key)
        try:
            draft = self._staging.folder(key, multipart_id) / "whole"
            write_file(draft, chunks)
            yield draft
        finally:
            self._staging.remove(key, multipart_id)

    def _chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with self.open(key) as file, _disk():
            yield from chunks_of(file, start, end)


def chunks_of(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of an open file from `start` to `end` (exclusive)."""
    file.seek(start)
    left = end - start
    while left > 0 and (chunk := file.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what the disk refuses into `StorageUnavailable`."""
    try:
        yield
    except OSError as error:
        logger.exception("storage_unavailable")
        raise StorageUnavailable from error


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise StorageUnavailable from error


def _stored(key: str, found: os.stat_result) -> StoredObject:
    return StoredObject(key, found.st_size, datetime.fromtimestamp(found.st_mtime, tz=UTC))


def _expiry(seconds: int) -> int:
    return int(timezone.now().timestamp()) + seconds


def _signed(permit: Permit, headers: Mapping[str, str] | None = None) -> SignedRequest:
    url = f"{settings.PUBLIC_BASE_URL.rstrip('/')}/storage/{token_of(permit)}"
    expires_at = datetime.fromtimestamp(permit.expires, tz=UTC)
    return SignedRequest(permit.method, url, expires_at, headers or {})
