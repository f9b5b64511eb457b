"""The directory of a ZIP archive (PKWARE APPNOTE 6.3), read without trust in a single field.

The standard library's reader takes the whole directory into memory and believes it.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from apps.files.inspection.archives.budget import MOST_ENTRIES, refuse_archive, refuse_bomb
from apps.files.inspection.reading import read_at, read_exactly

END_BYTES: Final = 22
LONGEST_COMMENT: Final = 65_535
MOST_DIRECTORY_BYTES: Final = 16 * 1024 * 1024
END: Final = b"PK\x05\x06"
_ENTRY: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END_64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR_64: Final = struct.Struct("<4sIQI")
_FULL_32: Final = 0xFFFFFFFF
_FULL_16: Final = 0xFFFF
_EXTRA_ZIP64: Final = 0x0001
_EXTRA_UNICODE_PATH: Final = 0x7075
_IS_UTF8: Final = 0x800


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One entry as the directory declares it; sizes and offset in bytes, `mode` as Unix has it (0: none given)."""

    raw_name: bytes
    names: tuple[str, ...]
    flags: int
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    offset: int
    mode: int

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """All entries, and where the directory begins."""

    entries: tuple[ZipEntry, ...]
    start: int


def read_directory(source: BinaryIO, size: int) -> ZipDirectory:
    """Return what the archive declares.

    Raises:
        UnsafeFile: `archive_bomb`, too many entries; `archive_unsafe`, contradictions; `file_broken`.
    """
    start, length, count = _bounds(source, size)
    if count > MOST_ENTRIES or length > MOST_DIRECTORY_BYTES:
        refuse_bomb(f"has more than {MOST_ENTRIES:,} entries")
    data = read_exactly(source, start, length)
    entries, at = [], 0
    for _ in range(count):
        entry, at = _entry(data, at)
        entries.append(entry)
    if at != length:
        refuse_archive("has a directory that contradicts itself")
    return ZipDirectory(tuple(entries), start)


def _bounds(source: BinaryIO, size: int) -> tuple[int, int, int]:
    """Return start and length of the directory in bytes, and its number of entries."""
    tail_start = max(0, size - END_BYTES - LONGEST_COMMENT)
    tail = read_at(source, tail_start, size - tail_start)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        refuse_archive("has no directory at its end: it is not whole")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, at)
    if at + END_BYTES + comment != len(tail):
        refuse_archive("is followed by other data")
    end = tail_start + at
    end, (here, count, length, start) = _widen(source, end, (here, count, length, start))
    if disk or first_disk or here != count:
        refuse_archive("is one part of several")
    if start + length != end:
        refuse_archive("has a directory elsewhere than it says")
    return start, length, count


def _widen(source: BinaryIO, end: int, narrow: tuple[int, int, int, int]) -> tuple[int, tuple[int, int, int, int]]:
    """Return the end of the directory and its numbers from the 64-bit records, where there are any."""
    locator = read_at(source, end - 20, 20) if end >= 20 else b""
    if not locator.startswith(b"PK\x06\x07"):
        return end, narrow
    _, _, at, disks = _LOCATOR_64.unpack(locator)
    record = read_at(source, at, _END_64.size) if at < end else b""
    if not record.startswith(b"PK\x06\x06") or len(record) < _END_64.size or disks > 1:
        refuse_archive("has a directory that contradicts itself")
    _, length_of_record, _, _, disk, first_disk, here, count, length, start = _END_64.unpack(record)
    wide = (here, count, length, start)
    full = (_FULL_16, _FULL_16, _FULL_32, _FULL_32)
    agrees = all(small in {most, large} for small, most, large in zip(narrow, full, wide, strict=True))
    if not agrees or disk or first_disk or at + 12 + length_of_record != end - 20:
        refuse_archive("has two directories that contradict each other")
    return at, wide


def _entry(data: bytes, at: int) -> tuple[ZipEntry, int]:
    if len(data) - at < _ENTRY.size or data[at : at + 4] != b"PK\x01\x02":
        refuse_archive("has a directory that contradicts itself")
    fields = _ENTRY.unpack_from(data, at)
    _, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length = fields[:13]
    disk, _, attributes, offset = fields[13:]
    name_at = at + _ENTRY.size
    raw_name = data[name_at : name_at + name_length]
    extra = data[name_at + name_length : name_at + name_length + extra_length]
    following = name_at + name_length + extra_length + comment_length
    if following > len(data) or disk not in {0, _FULL_16}:
        refuse_archive("has a directory that contradicts itself")
    extras = extra_fields(extra)
    size, packed, offset = _wide(extras.get(_EXTRA_ZIP64, b""), size, packed, offset)
    name = raw_name.decode("utf-8" if flags & _IS_UTF8 else "cp437", errors="replace")
    other = extras.get(_EXTRA_UNICODE_PATH, b"")[5:].decode("utf-8", errors="replace")
    names = (name, other) if other else (name,)
    return ZipEntry(raw_name, names, flags, method, crc, packed, size, offset, attributes >> 16), following


def extra_fields(extra: bytes) -> dict[int, bytes]:
    """Return the extra fields by id; a malformed end is left alone."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        found.setdefault(kind, extra[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _wide(field: bytes, *narrow: int) -> list[int]:
    """Replace numbers that are full by those of the 64-bit field, which has them in this order."""
    values, at = [], 0
    for value in narrow:
        if value != _FULL_32:
            values.append(value)
            continue
        if at + 8 > len(field):
            refuse_archive("has an entry without a size")
        values.append(int.from_bytes(field[at : at + 8], "little"))
        at += 8
    return values
