"""The one thing worth keeping of Exif: which way up the picture is."""

import struct
from typing import Final

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_ENTRY_BYTES: Final = 12


def orientation_of(tiff: bytes) -> int:
    """Return the orientation (1 to 8, TIFF 6.0) of an Exif block without its `Exif` mark; 1 when it has none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 1
    directory = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if directory + 2 > len(tiff):
        return 1
    count = struct.unpack_from(f"{order}H", tiff, directory)[0]
    for at in range(directory + 2, directory + 2 + count * _ENTRY_BYTES, _ENTRY_BYTES):
        if at + _ENTRY_BYTES > len(tiff):
            return 1
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION and kind == _SHORT:
            return int(value) if 1 <= value <= 8 else 1
    return 1


def tiff_with(orientation: int) -> bytes:
    """Return an Exif block that says nothing but the orientation."""
    entry = struct.pack("<HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + bytes(4)
