"""What an image is made of, and a reader that walks it."""

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NoReturn

from apps.files.inspection.errors import refuse

BUFFER_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` bytes from `start`: kept as they are, or replaced (by nothing: left out)."""

    start: int
    length: int
    replacement: bytes | None = None


def refuse_image(what: str = "is damaged or not whole") -> NoReturn:
    """Raise `UnsafeFile` with the code `image_broken`; `what` goes on after "The image"."""
    refuse(f"The image {what}. Save it anew and upload it again.", code="image_broken")


class Walker:
    """Reads forward through a buffer of its own; other reads of the same source do not disturb it."""

    def __init__(self, source: BinaryIO, size: int, at: int = 0) -> None:
        self._source = source
        self._size = size
        self._buffer = b""
        self._buffer_start = at
        self.at = at

    @property
    def left(self) -> int:
        return self._size - self.at

    def read(self, length: int) -> bytes:
        """Return the next `length` bytes (not more than a buffer holds).

        Raises:
            UnsafeFile: `image_broken`, there are not as many.
        """
        data = self.peek(length)
        if len(data) < length:
            refuse_image("ends before its contents do")
        self.at += length
        return data

    def peek(self, length: int) -> bytes:
        """Return up to `length` of the next bytes, without going on."""
        offset = self.at - self._buffer_start
        if not 0 <= offset <= len(self._buffer) - length:
            self._source.seek(self.at)
            self._buffer = self._source.read(min(max(length, BUFFER_BYTES), max(0, self.left)))
            self._buffer_start, offset = self.at, 0
        return self._buffer[offset : offset + length]

    def buffered(self) -> bytes:
        """Return what is in the buffer from here, at least two bytes unless the source ends."""
        return self.peek(2) and self._buffer[self.at - self._buffer_start :]

    def skip(self, length: int) -> None:
        """Go on by `length` bytes.

        Raises:
            UnsafeFile: `image_broken`, there are not as many.
        """
        if length > self.left:
            refuse_image("ends before its contents do")
        self.at += length

    def unpack(self, form: str) -> tuple[Any, ...]:
        """Read what a `struct` format describes."""
        return struct.unpack(form, self.read(struct.calcsize(form)))
