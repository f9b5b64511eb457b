"""JPEG (ITU-T T.81): its segments, and the data of its scans."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.images.exif import orientation_of, tiff_with
from apps.files.inspection.images.limits import check_size
from apps.files.inspection.images.pieces import Piece, Walker, refuse_image

MOST_SCANS: Final = 100  # each makes a decoder go over the whole picture; ordinary progressive files have ten
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_ORIENTED: Final = -1  # no marker: an Exif segment that says which way up
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers show
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_EXIF: Final = b"Exif\x00\x00"


def jpeg_pieces(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield the picture piece by piece.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    walker = Walker(source, size)
    if walker.read(2) != b"\xff\xd8":
        refuse_image()
    yield Piece(0, 2)
    seen: Counter[int] = Counter()
    while (marker := _marker(walker)) != _END:
        start = walker.at - 2
        length = _length(walker)
        body = walker.peek(length)
        _check_segment(marker, body, seen)
        replacement = _replacement(marker, body)
        seen[_ORIENTED] += marker == _APP1 and replacement != b""
        walker.skip(length)
        yield Piece(start, length + 4, b"" if marker == _APP1 and seen[_ORIENTED] > 1 else replacement)
        if marker == _SCAN:
            yield from _scan(walker)
    if not seen[_SCAN] or sum(seen[frame] for frame in _FRAMES) != 1:
        refuse_image()
    yield Piece(walker.at - 2, 2)
    if walker.left:
        yield Piece(walker.at, walker.left, b"")


def _check_segment(marker: int, body: bytes, seen: Counter[int]) -> None:
    """Count the segment; refuse what no decoder should be given."""
    seen[marker] += 1
    if marker in _FRAMES:
        if len(body) < 6:
            refuse_image()
        check_size(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
    if marker == _SCAN and (seen[_SCAN] > MOST_SCANS or not any(seen[frame] for frame in _FRAMES)):
        refuse_image("has no picture, or too many layers")


def _marker(walker: Walker) -> int:
    """Return the next marker; it may be preceded by any number of fill bytes, which are not kept."""
    if walker.read(1) != b"\xff":
        refuse_image()
    while (code := walker.read(1)[0]) == 0xFF:
        pass
    return code


def _length(walker: Walker) -> int:
    length: int = walker.unpack(">H")[0]
    if length < 2 or length - 2 > walker.left:
        refuse_image()
    return length - 2


def _replacement(marker: int, body: bytes) -> bytes | None:
    """Return what stands for the segment; None: itself."""
    if marker in _FRAMES | _TABLES | {_SCAN}:
        return None
    if marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return None if len(body) == 14 and not any(body[12:14]) else _segment(marker, body[:12] + b"\x00\x00")
    if marker == _APP2 and body.startswith(b"ICC_PROFILE\x00"):
        return None
    if marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
        return None if len(body) == 12 else _segment(marker, body[:12])
    if marker == _APP1 and body.startswith(_EXIF):
        return _oriented(body)
    if not (_APP0 <= marker <= _APP15 or marker == _COMMENT):
        refuse_image("is of a kind that browsers do not show")
    return b""


def _oriented(body: bytes) -> bytes | None:
    orientation = orientation_of(body[len(_EXIF) :])
    if orientation == 1:
        return b""
    minimal = _EXIF + tiff_with(orientation)
    return None if body == minimal else _segment(_APP1, minimal)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def _scan(walker: Walker) -> Iterator[Piece]:
    """Go over the data of a scan: to the next marker that is no restart."""
    start = walker.at
    while data := walker.buffered():
        if match := _NEXT_MARKER.search(data):
            walker.skip(match.start())
            yield Piece(start, walker.at - start)
            return
        # A marker may begin with the last byte.
        walker.skip(max(1, len(data) - 1))
    refuse_image("ends before its contents do")
