"""Legacy Office files: compound files (MS-CFB), told apart by the names in their directory."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.errors import refuse
from apps.files.inspection.reading import read_at, read_exactly
from apps.files.inspection.signatures import OLE

_STREAMS: Final = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_MOST_DIRECTORY_SECTORS: Final = 256
_ENTRY_BYTES: Final = 128
_HEADER_FAT_SECTORS: Final = 109


def ole_type_of(source: BinaryIO) -> str:
    """Return the Office type, or `OLE` for any other compound file (an installer, a mail).

    Raises:
        UnsafeFile: `archive_unsafe`, a document locked with a password; `file_broken`.
    """
    names = set(_names(source))
    if "EncryptedPackage" in names:
        message = "The document is locked with a password, so nobody can check it. Save it without and upload it again."
        refuse(message, code="archive_unsafe")
    return next((media_type for name, media_type in _STREAMS.items() if name in names), OLE)


def _names(source: BinaryIO) -> Iterator[str]:
    header = read_exactly(source, 0, 512)
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in {9, 12}:
        refuse("The document is damaged. Save it anew and upload it again.", code="file_broken")
    sector_bytes = 1 << shift
    fat_sectors = struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", header, 76)
    sector: int = struct.unpack_from("<I", header, 48)[0]
    for _ in range(_MOST_DIRECTORY_SECTORS):
        yield from _names_in(read_at(source, (sector + 1) * sector_bytes, sector_bytes))
        which, at = divmod(sector, sector_bytes // 4)
        if which >= len(fat_sectors):
            return
        following = read_at(source, (fat_sectors[which] + 1) * sector_bytes + 4 * at, 4)
        if len(following) < 4:
            return
        sector = struct.unpack("<I", following)[0]


def _names_in(sector: bytes) -> Iterator[str]:
    for at in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        length = struct.unpack_from("<H", sector, at + 64)[0]
        if 2 < length <= 64:
            yield sector[at : at + length - 2].decode("utf-16-le", errors="replace")
