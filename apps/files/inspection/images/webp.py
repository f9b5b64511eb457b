"""WebP (RFC 9649): its chunks; Exif is cut down to the orientation, XMP and what is unknown left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from apps.files.inspection.images.exif import orientation_of, tiff_with
from apps.files.inspection.images.limits import check_frames, check_size
from apps.files.inspection.images.pieces import Piece, Walker, refuse_image
from apps.files.inspection.reading import read_at

_EXTENDED, _LOSSY, _LOSSLESS, _FRAME, _EXIF = b"VP8X", b"VP8 ", b"VP8L", b"ANMF", b"EXIF"
_KEPT: Final = frozenset({_LOSSY, _LOSSLESS, _FRAME, b"ICCP", b"ANIM", b"ALPH"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_HEADER_BYTES: Final = 12
_MOST_EXIF_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    start: int
    length: int
    data: bytes | None = None

    @property
    def padded(self) -> int:
        return 8 + self.length + self.length % 2

    def as_piece(self) -> Piece:
        return Piece(self.start, self.padded, self.data)


def webp_pieces(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield the picture piece by piece.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    left = orientation = 0
    for chunk in _chunks(source, size):
        left += chunk.padded if chunk.data is None else len(chunk.data)
        orientation = orientation or (chunk.kind == _EXIF and chunk.data != b"")
    end = 8 + int.from_bytes(read_at(source, 4, 4), "little")
    header = b"RIFF" + (4 + left).to_bytes(4, "little") + b"WEBP"
    yield Piece(0, _HEADER_BYTES, None if header == read_at(source, 0, _HEADER_BYTES) else header)
    for chunk in _chunks(source, size):
        yield _without_flags(source, chunk, has_exif=bool(orientation)) if chunk.kind == _EXTENDED else chunk.as_piece()
    if end < size:
        yield Piece(end, size - end, b"")


def _without_flags(source: BinaryIO, chunk: _Chunk, *, has_exif: bool) -> Piece:
    """Return the header chunk, which says what metadata follows."""
    data = read_at(source, chunk.start, chunk.padded)
    flags = data[8] & ~_HAS_XMP & ~_HAS_EXIF | (_HAS_EXIF if has_exif else 0)
    return Piece(chunk.start, chunk.padded, None if flags == data[8] else data[:8] + bytes([flags]) + data[9:])


def _chunks(source: BinaryIO, size: int) -> Iterator[_Chunk]:
    walker = Walker(source, size)
    riff, length, webp = walker.unpack("<4sI4s")
    if (riff, webp) != (b"RIFF", b"WEBP") or length + 8 > size or length % 2:
        refuse_image()
    frames, canvas, pictures = 0, (0, 0), 0
    while walker.at + 8 <= length + 8:
        start = walker.at
        kind, length_of_chunk = walker.unpack("<4sI")
        if not canvas[0]:
            canvas = _canvas(kind, walker.peek(10))
            check_size(*canvas)
        elif kind in {_LOSSY, _LOSSLESS} and _canvas(kind, walker.peek(10)) != canvas:
            refuse_image("says two sizes")
        if kind == _FRAME:
            frames += 1
            check_frames(frames, *canvas)
        pictures += kind in {_LOSSY, _LOSSLESS, _FRAME}
        walker.skip(length_of_chunk + length_of_chunk % 2)
        yield _Chunk(kind, start, length_of_chunk, _replacement(source, kind, start + 8, length_of_chunk))
    if walker.at != length + 8 or not pictures:
        refuse_image()


def _replacement(source: BinaryIO, kind: bytes, start: int, length: int) -> bytes | None:
    if kind in _KEPT or kind == _EXTENDED:
        return None
    if kind != _EXIF:
        return b""
    exif = read_at(source, start, min(length, _MOST_EXIF_BYTES))
    orientation = orientation_of(exif.removeprefix(b"Exif\x00\x00"))
    if orientation == 1:
        return b""
    minimal = tiff_with(orientation)
    return None if exif == minimal else _EXIF + len(minimal).to_bytes(4, "little") + minimal


def _canvas(kind: bytes, head: bytes) -> tuple[int, int]:
    """Return width and height, from the chunk that comes first."""
    head = head.ljust(10, b"\x00")
    if kind == _EXTENDED:
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == _LOSSY and head[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    if kind == _LOSSLESS and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return refuse_image()
