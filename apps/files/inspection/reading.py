"""Reading in bounded pieces."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.errors import refuse

CHUNK_BYTES: Final = 256 * 1024
_FARTHEST: Final = 1 << 60  # system calls take no more than 63 bits


def chunks_of(source: BinaryIO, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Yield the bytes from `start`, at most `length` of them, piece by piece; who reads elsewhere meanwhile may."""
    at, end = start, None if length is None else start + length
    while end is None or at < end:
        chunk = read_at(source, at, CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - at))
        if not chunk:
            return
        at += len(chunk)
        yield chunk


def read_at(source: BinaryIO, start: int, length: int) -> bytes:
    """Return up to `length` bytes from `start`; none beyond the end, however far."""
    if not 0 <= start <= _FARTHEST:
        return b""
    source.seek(start)
    return source.read(length)


def read_exactly(source: BinaryIO, start: int, length: int) -> bytes:
    """Return `length` bytes from `start`.

    Raises:
        UnsafeFile: `file_broken`, the file ends before.
    """
    data = read_at(source, start, length)
    if len(data) < length:
        message = "The file ends before its contents do; it was damaged, or not copied wholly. Upload it again."
        refuse(message, code="file_broken")
    return data
