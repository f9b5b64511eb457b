"""Where the local store collects what is not an object yet: one folder per upload under way.

A folder's name holds the key and the upload's id, so that one atomic `mkdir` begins an upload, and what a
process left behind that died can be listed and removed like any upload that nobody completed.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from os import stat_result
from pathlib import Path
from typing import Final
from uuid import uuid4

from apps.core.ids import new_id
from apps.core.storage.base import CHUNK_BYTES, ObjectMissing, OpenMultipart, StoredPart
from apps.core.storage.keys import checked_key

_SLASH: Final = "~"  # no key has one
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PART = re.compile(r"[0-9]{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Staging:
    """The uploads under way below the folder `root`."""

    root: Path

    def start(self, key: str) -> str:
        """Make the folder of a new upload; return the upload's id."""
        multipart_id = new_id().hex
        self.folder(key, multipart_id).mkdir(parents=True)
        return multipart_id

    def folder(self, key: str, multipart_id: str) -> Path:
        """Return where the upload's parts are, there or not. Raises ObjectMissing for an id that is none."""
        if not _ID.fullmatch(multipart_id):
            raise ObjectMissing(multipart_id)
        return self.root / f"{checked_key(key).replace('/', _SLASH)}{_SLASH}{multipart_id}"

    def put_part(self, key: str, multipart_id: str, number: int, chunks: Iterable[bytes]) -> StoredPart:
        """Store a part, in the place of the one that had its number. Raises ObjectMissing."""
        folder = self.folder(key, multipart_id)
        draft = folder / f"{uuid4().hex}.draft"
        try:
            write_file(draft, chunks)
            part = draft.replace(folder / f"{number:05}")
        except FileNotFoundError as error:
            raise ObjectMissing(multipart_id) from error
        finally:
            draft.unlink(missing_ok=True)
        return _part(part)

    def parts(self, key: str, multipart_id: str) -> list[StoredPart]:
        """Return what has arrived, by number. Raises ObjectMissing."""
        try:
            paths = sorted(self.folder(key, multipart_id).iterdir())
            return [_part(path) for path in paths if _PART.fullmatch(path.name)]
        except FileNotFoundError as error:
            raise ObjectMissing(multipart_id) from error

    @contextmanager
    def join(self, key: str, multipart_id: str, parts: Iterable[StoredPart]) -> Iterator[Path]:
        """Copy the parts into one file, which the caller moves away. Raises ObjectMissing if one is gone or changed."""
        folder = self.folder(key, multipart_id)
        whole = folder / f"{uuid4().hex}.draft"
        try:
            with whole.open("xb") as target:
                for part in parts:
                    with (folder / f"{part.number:05}").open("rb") as source:
                        if _part(Path(source.name)) != part:
                            raise ObjectMissing(multipart_id)
                        shutil.copyfileobj(source, target, CHUNK_BYTES)
            yield whole
        except FileNotFoundError as error:
            raise ObjectMissing(multipart_id) from error
        finally:
            whole.unlink(missing_ok=True)

    def remove(self, key: str, multipart_id: str) -> None:
        """Forget an upload and its parts."""
        shutil.rmtree(self.folder(key, multipart_id), ignore_errors=True)

    def uploads(self, prefix: str) -> Iterator[OpenMultipart]:
        """Yield the uploads whose keys start with `prefix`."""
        start = prefix.replace("/", _SLASH)
        for folder in list(self.root.iterdir()) if self.root.is_dir() else []:
            name, _, multipart_id = folder.name.rpartition(_SLASH)
            if name.startswith(start) and _ID.fullmatch(multipart_id):
                yield OpenMultipart(name.replace(_SLASH, "/"), multipart_id, _started(multipart_id))


def write_file(path: Path, chunks: Iterable[bytes]) -> int:
    """Write a new file; return its size. What a failure leaves is removed."""
    try:
        with path.open("xb") as file:
            return sum(file.write(chunk) for chunk in chunks)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def tag_of(found: stat_result) -> str:
    """Return the entity tag of a file: it changes whenever the file does."""
    return f'"{found.st_mtime_ns:x}-{found.st_size:x}"'


def _part(path: Path) -> StoredPart:
    found = path.stat()
    return StoredPart(int(path.name), found.st_size, tag_of(found))


def _started(multipart_id: str) -> datetime:
    """Return the time in a UUIDv7: its first 48 bits are milliseconds."""
    return datetime.fromtimestamp(int(multipart_id[:12], 16) / 1000, tz=UTC)
