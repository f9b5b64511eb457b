"""Objects as files: what wants to seek (zip files, images) reads the store by ranges."""

import io
from typing import Final

from apps.core.storage.base import ObjectMissing, ObjectStore

WINDOW_BYTES: Final = 256 * 1024


class ObjectReader(io.BufferedIOBase):
    """A seekable, read-only binary file over one object, which holds no more than one window of it.

    Args:
        store: where the object lies.
        key: which it is.
        window: how many bytes a request to the store brings at least, and how many are kept.

    Raises:
        ObjectMissing: there is no such object.
    """

    def __init__(self, store: ObjectStore, key: str, *, window: int = WINDOW_BYTES) -> None:
        super().__init__()
        found = store.stat(key)
        if found is None:
            raise ObjectMissing(key)
        self.name = key
        self.size = found.size_bytes
        self._store = store
        self._window = window
        self._held = b""
        self._held_from = 0
        self._position = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position."""
        self._check_open()
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to `offset` from the start, the position or the end; asks the store nothing."""
        self._check_open()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            message = f"There is nothing before the start: {base + offset}."
            raise ValueError(message)
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end; all that are left for None or less than 0."""
        self._check_open()
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        pieces = []
        while wanted > 0:
            piece = self.read1(wanted)
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def read1(self, size: int = -1, /) -> bytes:
        """Return what one window holds of the next `size` bytes."""
        self._check_open()
        if self._position >= self.size:
            return b""
        if not self._held_from <= self._position < self._held_from + len(self._held):
            self._fetch()
        start = self._position - self._held_from
        piece = self._held[start : start + size] if size >= 0 else self._held[start:]
        self._position += len(piece)
        return piece

    def _fetch(self) -> None:
        """Hold the window that starts at the position."""
        end = min(self._position + self._window, self.size)
        held = b"".join(self._store.read(self.name, start=self._position, end=end))
        if len(held) != end - self._position:
            raise ObjectMissing(self.name)  # replaced by a shorter one meanwhile
        self._held, self._held_from = held, self._position

    def _check_open(self) -> None:
        if self.closed:
            message = "The reader is closed."
            raise ValueError(message)
