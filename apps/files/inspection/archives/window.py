"""A part of a file that reads like a file."""

import io
from typing import BinaryIO


class Window(io.RawIOBase):
    """The `length` bytes of `source` from `start`, without a copy. Moves the position of `source`."""

    def __init__(self, source: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self._source = source
        self._start = start
        self._length = length
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        left = max(0, self._length - self._at)
        self._source.seek(self._start + self._at)
        data = self._source.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data
