"""Odd but harmless structures, and each way in which one can be wrong."""

import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final

import pytest

from apps.files.inspection import DEFAULT_ALLOWED, UnsafeFile, inspect
from tests.files.building import (
    box,
    chunk,
    compound_file,
    directory_entry,
    end_of_directory,
    exif,
    local_header,
    moving_picture,
    picture,
    png,
    raw_zip,
    tarred,
    zipped,
)


def answer_to(content: bytes, name: str) -> str:
    """Return the type, or the code of the refusal."""
    try:
        return inspect(io.BytesIO(content), name=name, size=len(content), allowed=DEFAULT_ALLOWED)
    except UnsafeFile as error:
        return error.code


def patched(content: bytes, at: int, form: str, *values: Any) -> bytes:
    changed = bytearray(content)
    struct.pack_into(form, changed, at, *values)
    return bytes(changed)


class OneWay(io.BytesIO):
    """Cannot go back: what is written to it has its sizes behind the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError


def streamed_zip() -> bytes:
    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"text " * 99)
        archive.writestr("b.txt", b"more " * 99)
    return target.getvalue()


def wide_zip(extra: bytes | None = None) -> bytes:
    """Return an archive whose entry and end have their numbers in 64-bit fields."""
    content = b"text"
    first = local_header(b"a", content, 4, zlib.crc32(content), method=0) + content
    field = struct.pack("<HHQQQ", 1, 24, 4, 4, 0) if extra is None else extra
    full = 0xFFFFFFFF
    entry = bytearray(directory_entry(b"a", full, full, zlib.crc32(content), full, method=0) + field)
    struct.pack_into("<H", entry, 30, len(field))
    numbers = (44, 45, 45, 0, 0, 1, 1, len(entry), len(first))
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", *numbers)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(first) + len(entry), 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, full, full, 0)
    return first + bytes(entry) + wide + locator + end


def gnu_tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        header = tarfile.TarInfo("folder/" + "n" * 200)
        header.size = 4
        archive.addfile(header, io.BytesIO(b"text"))
    return target.getvalue()


def checked_tar(header: bytes) -> bytes:
    """Return the header with the right checksum, and the end."""
    blank = header[:148] + b" " * 8 + header[156:512]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:] + bytes(1024)


def png_of_passes() -> bytes:
    """Return an Adam7 PNG of 5 by 5 black pixels, in the passes that the standard counts."""
    rows = [(1, 1), (1, 1), (2, 1), (1, 2), (3, 1), (2, 3), (5, 2)]
    data = zlib.compress(b"".join(bytes((1 + wide) * high) for wide, high in rows))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 5, 8, 0, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


TAR: Final = tarred([("a", b"")])
ODD: Final[dict[str, tuple[str, Callable[[], bytes], str]]] = {
    "a zip with sizes behind the data": ("a.zip", streamed_zip, "application/zip"),
    "a zip of 64 bits": ("a.zip", wide_zip, "application/zip"),
    "a zip with a comment": ("a.zip", lambda: zipped({})[:-2] + b"\x04\0text", "application/zip"),
    "a zip of a large zip": (
        "a.zip", lambda: zipped({"b.zip": zipped({"c": os.urandom(600_000)})}), "application/zip",
    ),
    "a tar with a long name of GNU's": ("a.tar", gnu_tar, "application/x-tar"),
    "a tar with more about its entries": (
        "a.tar", lambda: tarred([("a", b"x")], pax_headers={"comment": "harmless"}), "application/x-tar",
    ),
    "a tar with a length in 256s": (
        "a.tar", lambda: checked_tar(patched(TAR, 124, ">B11s", 0x80, bytes(11))), "application/x-tar",
    ),
    "a tar without padding": ("a.tar", lambda: TAR[:512], "application/x-tar"),
    "an MP3 of another version": ("a.mp3", lambda: 3 * (b"\xff\xf3\x40\xc0" + bytes(100)), "audio/mpeg"),
    "a compound file of several streams": (
        "a.doc", lambda: compound_file("Data", "1Table", "WordDocument"), "application/msword",
    ),
    "a JPEG with fill bytes": (
        "a.jpg", lambda: picture()[:2] + b"\xff\xff\xff" + picture()[2:], "image/jpeg",
    ),
    "an interlaced PNG": ("a.png", png_of_passes, "image/png"),
}  # fmt: skip


AVIF: Final = picture("AVIF", exif=exif())
ILOC: Final = AVIF.index(b"iloc")  # items of 14 bytes from 12 on, each with its place at 6
META: Final = AVIF.index(b"meta") - 4
WRONG: Final[dict[str, tuple[str, Callable[[], bytes], str]]] = {
    "a zip with an entry more than it counts": (
        "a.zip",
        lambda: raw_zip()[:-22] + directory_entry(b"b", 0, 0, 0, 0) + end_of_directory(1, 51 + 47, 39),
        "archive_unsafe",
    ),
    "a zip with an entry less than it counts": (
        "a.zip", lambda: raw_zip()[:-22] + end_of_directory(2, 51, 39), "archive_unsafe",
    ),
    "a zip of several disks": ("a.zip", lambda: patched(raw_zip(), -18, "<H", 1), "archive_unsafe"),
    "a zip on another disk": ("a.zip", lambda: patched(raw_zip(), 39 + 34, "<H", 7), "archive_unsafe"),
    "a zip of 64 bits without sizes": ("a.zip", lambda: wide_zip(b""), "archive_unsafe"),
    "a zip of 64 bits that leads nowhere": (
        "a.zip", lambda: patched(wide_zip(), -34, "<Q", 1 << 62), "archive_unsafe",
    ),
    "a zip whose entry begins later": (
        "a.zip", lambda: b"PK\3\4" + raw_zip(listed={"offset": 4})[:-6] + struct.pack("<IH", 43, 0), "archive_unsafe",
    ),
    "a zip whose entry reaches into the directory": (
        "a.zip", lambda: patched(raw_zip(listed={"packed": 9, "size": 9}), 18, "<II", 9, 9), "archive_bomb",
    ),
    "a tar with letters for numbers": ("a.tar", lambda: patched(TAR, 124, "4s", b"abcd"), "archive_unsafe"),
    "a tar with a checksum of letters": ("a.tar", lambda: patched(TAR, 148, "4s", b"abcd"), "archive_unsafe"),
    "a tar with an endless name": (
        "a.tar", lambda: tarred([("n" * 100_000, b"")]), "archive_unsafe",
    ),
    "a tar cut in a header": ("a.tar", lambda: TAR[:300], "archive_unsafe"),
    "a JPEG whose segments are none": ("a.jpg", lambda: picture()[:2] + b"\xff\xe0\0\1" + bytes(99), "image_broken"),
    "a JPEG without markers": ("a.jpg", lambda: picture()[:20] + bytes(99), "image_broken"),
    "a JPEG with a short frame": ("a.jpg", lambda: b"\xff\xd8\xff\xc0\0\4\0\0" + bytes(9), "image_broken"),
    "a JPEG with a scan and no frame": ("a.jpg", lambda: b"\xff\xd8\xff\xda\0\2" + bytes(9), "image_broken"),
    "an arithmetic JPEG": ("a.jpg", lambda: picture().replace(b"\xff\xc0", b"\xff\xc9"), "image_broken"),
    "a GIF of another version": ("a.gif", lambda: b"GIF89b" + bytes(30), "type_not_allowed"),
    "a GIF with an unknown block": ("a.gif", lambda: moving_picture("GIF")[:-1] + b"\x77", "image_broken"),
    "a GIF with a wrong code size": (
        "a.gif", lambda: b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\x63\0;", "image_broken",
    ),
    "a PNG with an unknown critical chunk": ("a.png", lambda: png(8, 8, chunk(b"ABCD", b"")), "image_broken"),
    "a PNG of an unknown colour": ("a.png", lambda: png(8, 8, colour=5), "image_broken"),
    "a PNG with data that is none": ("a.png", lambda: png(8, 8, data=b"garbage"), "image_broken"),
    "a WebP of nothing": ("a.webp", lambda: b"RIFF\4\0\0\0WEBP", "image_broken"),
    "a WebP of an unknown kind": ("a.webp", lambda: b"RIFF\x0c\0\0\0WEBPABCD" + bytes(4), "image_broken"),
    "an AVIF without description": ("a.avif", lambda: box(b"ftyp", b"avif\0\0\0\0avif"), "image_broken"),
    "an AVIF cut in a box": ("a.avif", lambda: AVIF + b"\0\0\0", "image_broken"),
    "an AVIF with a box beyond its end": ("a.avif", lambda: AVIF + b"\0\0\1\0free", "image_broken"),
    "an AVIF with a huge description": (
        "a.avif", lambda: box(b"ftyp", b"avif\0\0\0\0avif") + box(b"meta", bytes(2_000_000)), "image_broken",
    ),
    "an AVIF with an empty description": (
        "a.avif", lambda: box(b"ftyp", b"avif\0\0\0\0avif") + box(b"meta", bytes(4)), "image_broken",
    ),
    "an AVIF without sizes": ("a.avif", lambda: AVIF.replace(b"ispe", b"free"), "image_broken"),
    "an AVIF whose items are elsewhere": (
        "a.avif", lambda: patched(AVIF, AVIF.index(b"iloc") + 22, ">I", 1 << 31), "image_broken",
    ),
    "an AVIF with places of another version": (
        "a.avif", lambda: patched(AVIF, AVIF.index(b"iloc") + 4, ">B", 9), "image_broken",
    ),
    "an AVIF with items of another version": (
        "a.avif", lambda: patched(AVIF, AVIF.index(b"infe") + 4, ">B", 9), "image_broken",
    ),
    "an AVIF with too many items": (
        "a.avif", lambda: patched(AVIF, AVIF.index(b"iloc") + 10, ">H", 0xFFFF), "image_broken",
    ),
    "an AVIF with a box of no length": (
        "a.avif", lambda: patched(AVIF, META + 12, ">I", 2), "image_broken",
    ),
    "an AVIF whose metadata is its picture": (
        "a.avif",
        lambda: patched(AVIF, ILOC + 32, ">II", *struct.unpack_from(">I", AVIF, ILOC + 18), 32),
        "image_broken",
    ),
    "an AVIF whose picture is no data": ("a.avif", lambda: patched(AVIF, ILOC + 18, ">I", 0), "image_broken"),
    "a WebP that cannot be decoded": (
        "a.webp", lambda: picture("WEBP")[:40].ljust(len(picture("WEBP")), b"\xff"), "image_broken",
    ),
    "an AVIF without a stream": (
        "a.avif", lambda: AVIF[: AVIF.index(b"mdat") + 4] + bytes(len(AVIF) - AVIF.index(b"mdat") - 4), "image_broken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_but_right_is_accepted(what: str) -> None:
    name, make, media_type = ODD[what]

    assert answer_to(make(), name) == media_type


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused(what: str) -> None:
    name, make, code = WRONG[what]

    assert answer_to(make(), name) == code


def test_an_archive_inside_may_not_be_larger_than_what_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.files.inspection.archives.checks.MOST_NESTED_BYTES", 500_000)

    assert answer_to(zipped({"b.zip": zipped({"c": os.urandom(600_000)})}), "a.zip") == "archive_bomb"


def test_a_picture_too_large_to_be_decoded_is_checked_by_its_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.files.inspection.images.checks.MOST_DECODED_PIXELS", {"WEBP": 10})
    content = picture("WEBP")

    assert answer_to(content, "a.webp") == "image/webp"
    assert answer_to(content[:-2], "a.webp") == "image_broken"
