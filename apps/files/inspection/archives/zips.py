"""ZIP archives: every entry is where, what and as large as the directory says, and nothing else is in the file."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.archives.budget import Budget, refuse_archive, refuse_bomb
from apps.files.inspection.archives.directory import ZipDirectory, ZipEntry, read_directory
from apps.files.inspection.archives.paths import check_mode, checked_path
from apps.files.inspection.inflating import Inflater
from apps.files.inspection.reading import chunks_of, read_exactly

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_ENCRYPTED: Final = 0x2041  # bits 0, 6 and 13: encryption, strong encryption, masked headers
_HAS_DESCRIPTOR: Final = 0x08
_FULL_32: Final = 0xFFFFFFFF
_STORED: Final = 0
_DEFLATED: Final = 8
_MOST_BETWEEN: Final = 64 * 1024  # descriptors and alignment


def checked_entries(source: BinaryIO, size: int, budget: Budget) -> Iterator[tuple[ZipEntry, int]]:
    """Yield each file of the archive with the place of its data, once nothing about the directory is wrong.

    Raises:
        UnsafeFile: `archive_bomb`, `archive_unsafe` or `file_broken`.
    """
    directory = read_directory(source, size)
    budget.spend_entries(len(directory.entries))
    _check_declared(directory)
    budget.spend_bytes(sum(entry.size_bytes for entry in directory.entries if entry.method != _STORED))
    yield from _placed(source, directory)


def _check_declared(directory: ZipDirectory) -> None:
    seen: set[str] = set()
    for entry in directory.entries:
        if entry.flags & _ENCRYPTED:
            refuse_archive("is locked with a password, so nobody can check it")
        if entry.method not in {_STORED, _DEFLATED}:
            refuse_archive("is packed by a method that cannot be checked here")
        if entry.method == _STORED and entry.packed_bytes != entry.size_bytes:
            refuse_archive("has entries of another size than they say")
        check_mode(entry.mode)
        paths = {checked_path(name) for name in entry.names}
        if paths & seen:
            refuse_archive("has two entries with the same name")
        seen |= paths


def _placed(source: BinaryIO, directory: ZipDirectory) -> Iterator[tuple[ZipEntry, int]]:
    """Walk the entries by place: none may overlap another one, and no room between them may hide anything."""
    end = between = 0
    placed: list[tuple[ZipEntry, int]] = []
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
        if entry.offset < end:
            refuse_bomb("has entries that share their bytes")
        if not placed and entry.offset:
            refuse_archive("has other data before its entries")
        between += entry.offset - end
        start = _data_start(source, entry)
        end = start + entry.packed_bytes
        placed.append((entry, start))
    between += directory.start - end
    if end > directory.start:
        refuse_bomb("has entries that share their bytes")
    if between > _MOST_BETWEEN:
        refuse_archive("has other data between its entries")
    yield from placed


def _data_start(source: BinaryIO, entry: ZipEntry) -> int:
    header = read_exactly(source, entry.offset, _LOCAL.size)
    magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
    name = read_exactly(source, entry.offset + _LOCAL.size, name_length)
    differs = magic != b"PK\x03\x04" or method != entry.method or name != entry.raw_name or flags & _ENCRYPTED
    if not flags & _HAS_DESCRIPTOR:
        declared = ((crc, entry.crc), (packed, entry.packed_bytes), (size, entry.size_bytes))
        differs = differs or any(here not in {there, _FULL_32} for here, there in declared)
    if differs:
        refuse_archive("says one thing in its directory and another in its entries")
    return entry.offset + _LOCAL.size + int(name_length) + int(extra_length)


def unpacked(source: BinaryIO, entry: ZipEntry, start: int) -> Iterator[bytes]:
    """Yield the contents of a deflated entry; stop where it yields more than it declares.

    Raises:
        UnsafeFile: `archive_bomb`, more than declared; `archive_unsafe`, something else than declared.
    """
    total = crc = 0
    inflater = Inflater(-zlib.MAX_WBITS)
    for piece in inflater.inflate(chunks_of(source, start=start, length=entry.packed_bytes)):
        total, crc = total + len(piece), zlib.crc32(piece, crc)
        if total > entry.size_bytes:
            refuse_bomb("unpacks to more than it declares")
        yield piece
    if not inflater.is_whole or total != entry.size_bytes or crc != entry.crc:
        refuse_archive("has damaged entries, or entries of another size than they say")
