"""Tar archives (POSIX ustar and pax, GNU's long names): header by header, nothing believed, nothing unpacked."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.archives.budget import Budget, refuse_archive
from apps.files.inspection.archives.paths import checked_path
from apps.files.inspection.reading import read_at, read_exactly

_BLOCK_BYTES: Final = 512
_MOST_EXTENDED_BYTES: Final = 64 * 1024
_FILES: Final = frozenset(b"0\x007")
_FOLDER: Final = ord("5")
_EXTENDED: Final = frozenset(b"xg")
_LONG_NAME: Final = ord("L")
_PAX: Final = re.compile(rb"(\d{1,6}) ([^=\n]+)=")


def check_tar(source: BinaryIO, size: int, budget: Budget) -> Iterator[tuple[int, int]]:
    """Yield start and length of each file in the archive, in bytes, while nothing is wrong.

    Raises:
        UnsafeFile: `archive_bomb`, too many entries; `archive_unsafe`; `file_broken`.
    """
    at, name, seen = 0, "", set()
    while any(header := read_at(source, at, _BLOCK_BYTES)):
        kind, length = _checked_header(header)
        budget.spend_entries(1)
        start = at + _BLOCK_BYTES
        at = start + -(-length // _BLOCK_BYTES) * _BLOCK_BYTES
        if start + length > size:
            refuse_archive("ends before its contents do")
        if kind in _EXTENDED or kind == _LONG_NAME:
            name = _extended_name(source, kind, start, length) or name
            continue
        path = checked_path(name or _name_of(header))
        if path in seen and kind in _FILES:
            refuse_archive("has two entries with the same name")
        seen.add(path)
        name = ""
        if kind in _FILES:
            yield start, length


def _checked_header(header: bytes) -> tuple[int, int]:
    """Return the type flag and the length of what follows, in bytes."""
    sums = sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
    if len(header) < _BLOCK_BYTES or _number(header[148:156]) != sums:
        refuse_archive("is damaged")
    kind = header[156]
    if kind not in _FILES | _EXTENDED | {_FOLDER, _LONG_NAME}:
        refuse_archive("has links or devices in it, or files with holes")
    return kind, _number(header[124:136])


def _number(field: bytes) -> int:
    if field[0] & 0x80:  # base 256, for 8 GB and more
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = field.strip(b" \x00")
    if not re.fullmatch(rb"[0-7]*", digits):
        refuse_archive("is damaged")
    return int(digits or b"0", 8)


def _name_of(header: bytes) -> str:
    name, prefix = (part.split(b"\x00")[0] for part in (header[:100], header[345:500]))
    return b"/".join(part for part in (prefix, name) if part).decode("utf-8", errors="replace")


def _extended_name(source: BinaryIO, kind: int, start: int, length: int) -> str:
    """Return the name that an extended header gives the next entry; empty when it gives none."""
    if length > _MOST_EXTENDED_BYTES:
        refuse_archive("has entries with names that hide something")
    data = read_exactly(source, start, length)
    if kind == _LONG_NAME:
        return data.rstrip(b"\x00").decode("utf-8", errors="replace")
    name, at = "", 0
    while record := _PAX.match(data, at):
        key, value = record[2], data[record.end() : at + int(record[1]) - 1]
        if key in {b"size", b"linkpath"} or key.startswith(b"GNU.sparse"):
            refuse_archive("has links in it, or files of another size than they say")
        if key == b"path":
            name = value.decode("utf-8", errors="replace")
        at += max(int(record[1]), 1)
    return name
