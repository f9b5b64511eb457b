"""PNG (W3C PNG, third edition): every chunk's checksum, and exactly as many pixels as the header says."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.errors import UnsafeFile
from apps.files.inspection.images.exif import orientation_of, tiff_with
from apps.files.inspection.images.limits import check_frames, check_size
from apps.files.inspection.images.pieces import Piece, Walker, refuse_image
from apps.files.inspection.inflating import Inflater
from apps.files.inspection.reading import chunks_of, read_at

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MOST_PROFILE_BYTES: Final = 4 * 1024 * 1024
_CRITICAL: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_FRAME_CONTROL, _FRAME_DATA, _PROFILE, _EXIF = b"fcTL", b"fdAT", b"iCCP", b"eXIf"
_MOST_EXIF_BYTES: Final = 64 * 1024
# What the picture needs to look right; everything else that may be missing is left out.
_KEPT: Final = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"cICP", b"mDCV", b"cLLI", b"acTL",
     _FRAME_CONTROL, _FRAME_DATA}
)  # fmt: skip
# Adam7: first column, first row, step of columns, step of rows of each pass; without it one pass of everything.
_ADAM7: Final = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
)  # fmt: skip
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png_pieces(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield the picture piece by piece.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    walker = Walker(source, size)
    if walker.read(8) != SIGNATURE:
        refuse_image()
    yield Piece(0, 8)
    kind, frames, width, height = b"", 0, 0, 0
    while kind != b"IEND":
        start, is_first = walker.at, not kind
        length, kind = walker.unpack(">I4s")
        if is_first != (kind == b"IHDR") or (kind not in _CRITICAL and not kind[:1].islower()):
            refuse_image()
        if is_first:
            width, height = _size_of(walker.peek(8))
        if kind == _FRAME_CONTROL:
            frames += 1
            check_frames(frames, width, height)
        walker.skip(length + 4)
        yield Piece(start, length + 12, _replacement(source, kind, start + 8, length))
    if walker.left:
        yield Piece(walker.at, walker.left, b"")


def _size_of(header: bytes) -> tuple[int, int]:
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    check_size(width, height)
    return width, height


def _replacement(source: BinaryIO, kind: bytes, start: int, length: int) -> bytes | None:
    """Return what stands for the chunk; None: itself."""
    if kind == _EXIF:
        return _oriented(read_at(source, start, min(length, _MOST_EXIF_BYTES)))
    is_kept = kind in _CRITICAL or kind in _KEPT or (kind == _PROFILE and _is_small_profile(source, start, length))
    return None if is_kept else b""


def _oriented(exif: bytes) -> bytes | None:
    orientation = orientation_of(exif)
    if orientation == 1:
        return b""
    minimal = tiff_with(orientation)
    crc = zlib.crc32(_EXIF + minimal).to_bytes(4, "big")
    return None if exif == minimal else len(minimal).to_bytes(4, "big") + _EXIF + minimal + crc


def _is_small_profile(source: BinaryIO, start: int, length: int) -> bool:
    """Whether a colour profile unpacks to what a profile may have: it is a place for bombs."""
    name, _, _ = read_at(source, start, min(length, 81)).partition(b"\x00")
    total, inflater = 0, Inflater()
    try:
        for piece in inflater.inflate(
            chunks_of(source, start=start + len(name) + 2, length=max(0, length - len(name) - 2))
        ):
            total += len(piece)
            if total > MOST_PROFILE_BYTES:
                return False
    except UnsafeFile:
        return False
    return inflater.is_whole


def check_png(source: BinaryIO, size: int) -> None:
    """Accept a picture that is whole: checksums, order, and as much data as its pixels take.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    expected, inflater, total = 0, Inflater(), 0
    try:
        for piece in inflater.inflate(_image_data(source, size)):
            expected = expected or _expected_bytes(source)
            total += len(piece)
            if total > expected:
                break
    except UnsafeFile as error:
        if error.code == "file_broken":
            refuse_image()
        raise
    if total != expected or not inflater.is_ended or not total:
        refuse_image("has another number of pixels than it says")
    # Chunks behind the data are checked as well.
    for _ in _image_data(source, size):
        pass


def _image_data(source: BinaryIO, size: int) -> Iterator[bytes]:
    for piece in png_pieces(source, size):
        if piece.replacement is not None or not piece.start:
            continue
        kind, crc = b"", 0
        for chunk in chunks_of(source, start=piece.start + 4, length=piece.length - 8):
            crc = zlib.crc32(chunk, crc)
            data, kind = (chunk, kind) if kind else (chunk[4:], chunk[:4])
            if kind == b"IDAT" and data:
                yield data
        stored = read_at(source, piece.start + piece.length - 4, 4)
        if int.from_bytes(stored, "big") != crc:
            refuse_image()


def _expected_bytes(source: BinaryIO) -> int:
    """Return how many bytes the filtered rows have (section 9 of the standard)."""
    header = read_at(source, 16, 13)
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, interlace = header[8], header[9], header[12]
    if depth not in {1, 2, 4, 8, 16} or colour not in _CHANNELS or interlace > 1:
        refuse_image()
    bits, total = depth * _CHANNELS[colour], 0
    for column, row, columns, rows in _ADAM7 if interlace else ((0, 0, 1, 1),):
        wide, high = -((column - width) // columns), -((row - height) // rows)
        total += high * (1 + -(-wide * bits // 8)) if wide > 0 and high > 0 else 0
    return total
