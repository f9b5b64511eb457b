"""Boxes of ISO base media files (ISO/IEC 14496-12), as far as pictures in them need it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apps.files.inspection.images.pieces import refuse_image

MOST_ITEMS: Final = 4096


@dataclass(frozen=True, slots=True)
class Box:
    """A box inside of another one's data: its kind, and from where to where its contents are."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extent:
    """Some of an item's bytes: in the file, or (`is_inside`) in the box `idat`."""

    item: int
    is_inside: bool
    start: int
    length: int


def boxes_in(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between `start` and `end`."""
    at = start
    while at < end:
        if end - at < 8:
            refuse_image()
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > end:
            refuse_image()
        yield Box(kind, at + 8, at + length)
        at += length


class Fields:
    """Reads numbers one after the other, and never beyond the end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data[:end]
        self._at = start

    def number(self, length: int) -> int:
        if self._at + length > len(self._data):
            refuse_image()
        self._at += length
        return int.from_bytes(self._data[self._at - length : self._at], "big")


def item_kinds(data: bytes, box: Box) -> dict[int, bytes]:
    """Return the four-letter type of each item, from the box `iinf`."""
    fields = Fields(data, box.start, box.end)
    version = fields.number(4) >> 24
    fields.number(2 if version == 0 else 4)
    kinds: dict[int, bytes] = {}
    for entry in boxes_in(data, box.start + (6 if version == 0 else 8), box.end):
        inner = Fields(data, entry.start, entry.end)
        entry_version = inner.number(4) >> 24
        if entry.kind != b"infe" or entry_version not in {2, 3} or len(kinds) >= MOST_ITEMS:
            refuse_image("is built in a way that cannot be checked here")
        item = inner.number(2 if entry_version == 2 else 4)
        inner.number(2)
        kinds[item] = inner.number(4).to_bytes(4, "big")
    return kinds


def item_extents(data: bytes, box: Box) -> Iterator[Extent]:
    """Yield where the bytes of each item are, from the box `iloc`."""
    fields = Fields(data, box.start, box.end)
    version = fields.number(4) >> 24
    sizes = fields.number(2)
    offset_bytes, length_bytes, base_bytes, index_bytes = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if version > 2:
        refuse_image("is built in a way that cannot be checked here")
    count = fields.number(4 if version == 2 else 2)
    if count > MOST_ITEMS:
        refuse_image("is built in a way that cannot be checked here")
    for _ in range(count):
        item = fields.number(4 if version == 2 else 2)
        method = fields.number(2) & 15 if version else 0
        fields.number(2)
        base = fields.number(base_bytes)
        for _ in range(fields.number(2)):
            fields.number(index_bytes if version else 0)
            start = base + fields.number(offset_bytes)
            length = fields.number(length_bytes)
            if method > 1:
                refuse_image("is built in a way that cannot be checked here")
            yield Extent(item, bool(method), start, length)
