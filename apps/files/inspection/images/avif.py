"""AVIF (AV1 Image File Format): metadata items are overwritten where they are, so that no offset changes."""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from apps.files.inspection.images.av1 import size_in_stream
from apps.files.inspection.images.boxes import Box, Extent, Fields, boxes_in, item_extents, item_kinds
from apps.files.inspection.images.exif import tiff_with
from apps.files.inspection.images.limits import check_size
from apps.files.inspection.images.pieces import Piece, refuse_image
from apps.files.inspection.reading import read_at, read_exactly

MOST_METADATA_BYTES: Final = 1024 * 1024
_KEPT_ITEMS: Final = frozenset({b"av01", b"grid", b"iovl", b"tmap"})
_EMPTY_EXIF: Final = bytes(4) + tiff_with(1)


def avif_pieces(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield the picture piece by piece; it keeps its size.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    at = 0
    for piece in _overwritten(_parts(source, size)):
        if read_at(source, piece.start, piece.length) == piece.replacement:
            continue
        if piece.start > at:
            yield Piece(at, piece.start - at)
        yield piece
        at = piece.start + piece.length
    if at < size:
        yield Piece(at, size - at)


def _overwritten(parts: Iterable[Piece]) -> Iterator[Piece]:
    """Yield what is replaced, by place, once nothing of it is also part of something that stays."""
    end = end_of_replaced = 0
    for part in sorted(parts, key=lambda part: part.start):
        if part.start < (end_of_replaced if part.replacement is None else end):
            refuse_image("has metadata that cannot be told from the picture")
        end = max(end, part.start + part.length)
        if part.replacement is not None:
            end_of_replaced = end
            yield part


def _parts(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield where every item is, and what stands in its place; and so for boxes that no picture needs."""
    boxes = list(_top_level(source, size))
    kinds = [kind for kind, _, _ in boxes]
    if kinds[:1] != [b"ftyp"] or kinds.count(b"meta") != 1:
        refuse_image()
    homes = [(start, end) for kind, start, end in boxes if kind == b"mdat"]
    for kind, start, end in boxes:
        if kind == b"meta":
            yield from _items_in(source, start, end, homes)
        elif kind not in {b"ftyp", b"mdat"}:
            if kind in {b"moov", b"moof"} or end - start > MOST_METADATA_BYTES:
                refuse_image("moves, or is built in a way that cannot be checked here")
            yield Piece(start, end - start, bytes(end - start))


def _top_level(source: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    while at < size:
        header = read_exactly(source, at, 8) if size - at >= 8 else refuse_image()
        length, kind = struct.unpack(">I4s", header)
        start = at + 8
        if length == 1:
            length, start = int.from_bytes(read_exactly(source, start, 8), "big"), start + 8
        elif length == 0 and kind == b"mdat":
            length = size - at
        if at + length < start or at + length > size:
            refuse_image()
        yield kind, start, at + length
        at += length


def _items_in(source: BinaryIO, start: int, end: int, homes: list[tuple[int, int]]) -> Iterator[Piece]:
    if end - start > MOST_METADATA_BYTES:
        refuse_image("is built in a way that cannot be checked here")
    data = read_exactly(source, start, end - start)
    boxes = {box.kind: box for box in boxes_in(data, 4, len(data))}
    if not boxes.keys() >= {b"iinf", b"iloc", b"iprp"}:
        refuse_image()
    _check_properties(data, boxes[b"iprp"])
    kinds = item_kinds(data, boxes[b"iinf"])
    inside = (start + boxes[b"idat"].start, start + boxes[b"idat"].end) if b"idat" in boxes else (0, 0)
    seen: set[int] = set()
    for extent in item_extents(data, boxes[b"iloc"]):
        piece = _place_of(extent, inside, homes)
        kind = kinds.get(extent.item, b"")
        is_first = extent.item not in seen
        seen.add(extent.item)
        if kind == b"av01" and is_first:
            _check_stream(source, piece)
        yield piece if kind in _KEPT_ITEMS else _blank(piece, has_exif=kind == b"Exif" and is_first)


def _place_of(extent: Extent, inside: tuple[int, int], homes: list[tuple[int, int]]) -> Piece:
    """Return where in the file the bytes are: within the data, not among what describes it."""
    first = inside[0] + extent.start if extent.is_inside else extent.start
    last = first + extent.length
    if not any(start <= first and last <= end for start, end in ([inside] if extent.is_inside else homes)):
        refuse_image()
    return Piece(first, extent.length)


def _blank(piece: Piece, *, has_exif: bool) -> Piece:
    """Return the piece with an empty Exif block (which decoders want to be well-formed), or with zeros."""
    if piece.length > MOST_METADATA_BYTES:
        refuse_image("has more metadata than picture")
    beginning = _EMPTY_EXIF if has_exif and piece.length >= len(_EMPTY_EXIF) else b""
    return Piece(piece.start, piece.length, beginning.ljust(piece.length, b"\x00"))


def _check_properties(data: bytes, box: Box) -> None:
    """Check every declared size in pixels."""
    sizes = 0
    for properties in boxes_in(data, box.start, box.end):
        if properties.kind != b"ipco":
            continue
        for declared in boxes_in(data, properties.start, properties.end):
            if declared.kind == b"ispe":
                fields = Fields(data, declared.start + 4, declared.end)
                check_size(fields.number(4), fields.number(4))
                sizes += 1
    if not sizes:
        refuse_image()


def _check_stream(source: BinaryIO, piece: Piece) -> None:
    size = size_in_stream(read_at(source, piece.start, min(piece.length, 4096)))
    if size is None:
        refuse_image()
    check_size(*size)
