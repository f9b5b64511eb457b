"""Files made by hand: harmless ones of every type, and the parts that hostile ones are put together from."""

import gzip
import io
import struct
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PIL import Image

PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROGRAM: Final = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(2000)
PAGE: Final = b"<script>alert(document.domain)</script>"
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    """Return a picture that is no flat colour."""
    target = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.linear_gradient("L").resize(size).convert(mode).save(target, kind, **options)
    return target.getvalue()


def moving_picture(kind: str, frames: int = 3) -> bytes:
    drawn = [Image.new("L", (16, 16), 40 * number) for number in range(frames)]
    target = io.BytesIO()
    drawn[0].save(target, kind, save_all=True, append_images=drawn[1:], loop=0, duration=50)
    return target.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a camera writes: who, with what, where, and which way up."""
    found = Image.Exif()
    found[0x010F], found[0x9C9D] = "SecretCamera", "SecretPerson"
    found[0x0112] = orientation
    found.get_ifd(0x8825)[1] = "SecretNorth"
    return found


def zipped(entries: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return target.getvalue()


def local_header(name: bytes, packed: bytes, size: int, crc: int, *, method: int = 8, flags: int = 0) -> bytes:
    return struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0x21, crc, len(packed), size, len(name), 0) + name


def directory_entry(
    name: bytes, packed: int, size: int, crc: int, offset: int, *, method: int = 8, flags: int = 0, mode: int = 0
) -> bytes:
    numbers = (20, 20, flags, method, 0, 0x21, crc, packed, size, len(name), 0, 0, 0, 0, mode << 16, offset)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *numbers) + name


def end_of_directory(count: int, length: int, start: int, comment: bytes = b"") -> bytes:
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, start, len(comment)) + comment


def raw_zip(*, name: bytes = b"a.txt", content: bytes = b"text", listed: Mapping[str, Any] | None = None) -> bytes:
    """Return an archive of one stored entry; `listed` says what the directory claims instead of the truth."""
    told: dict[str, Any] = {
        "name": name, "packed": len(content), "size": len(content), "crc": zlib.crc32(content), "offset": 0,
        "method": 0, "flags": 0, "mode": 0,
    } | dict(listed or {})  # fmt: skip
    first = local_header(name, content, len(content), zlib.crc32(content), method=0) + content
    entry = directory_entry(**told)
    return first + entry + end_of_directory(1, len(entry), len(first))


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def deflated_zeros(megabytes: int, window: int = -zlib.MAX_WBITS) -> bytes:
    """Return as many zeros, packed a thousandfold, without having them in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    million = bytes(1024 * 1024)
    return b"".join([*(packer.compress(million) for _ in range(megabytes)), packer.flush()])


def tarred(entries: Sequence[tuple[str, bytes]], **facts: Any) -> bytes:
    """Return a tar; `facts` go into every header (`type`, `linkname`, `pax_headers`)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in entries:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            for key, value in facts.items():
                setattr(header, key, value)
            archive.addfile(header, io.BytesIO(content))
    return target.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, data: bytes | None = None, colour: int = 0) -> bytes:
    """Return a PNG with these chunks in front of its data; without `data` it is black, and right."""
    rows = zlib.compress(bytes(height * (1 + width))) if data is None else data
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", header), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b"")])


def office(folder: str, **more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", f"{folder}/main.xml": b"<main/>", **more})


def opendocument(kind: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", "<content/>", zipfile.ZIP_DEFLATED)
    return target.getvalue()


def compound_file(*names: str) -> bytes:
    """Return a compound file (legacy Office) of which only the directory is there."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b""
    for name in ("Root Entry", *names):
        written = name.encode("utf-16-le") + b"\0\0"
        entries += written.ljust(64, b"\0") + struct.pack("<H", len(written)) + bytes(62)
    return bytes(header) + table + entries.ljust(512, b"\0")


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def sound() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(800))
    return target.getvalue()


def mpeg_frames() -> bytes:
    return 3 * (b"\xff\xfb\x90\x00" + bytes(413))


# Name, content and what it is: one of each type that is accepted by default.
HARMLESS: Final[dict[str, tuple[bytes, str]]] = {
    "a.jpg": (picture(), "image/jpeg"),
    "progressive.jpeg": (picture(progressive=True), "image/jpeg"),
    "a.png": (picture("PNG"), "image/png"),
    "colours.png": (picture("PNG", mode="P"), "image/png"),
    "moving.png": (moving_picture("PNG"), "image/png"),
    "a.gif": (moving_picture("GIF"), "image/gif"),
    "a.webp": (picture("WEBP"), "image/webp"),
    "lossless.webp": (picture("WEBP", lossless=True), "image/webp"),
    "moving.webp": (moving_picture("WEBP"), "image/webp"),
    "a.avif": (picture("AVIF"), "image/avif"),
    "a.pdf": (PDF, "application/pdf"),
    "a.docx": (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a.pptx": (office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "a.odt": (opendocument("application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    "a.epub": (opendocument("application/epub+zip"), "application/epub+zip"),
    "a.doc": (compound_file("1Table", "WordDocument"), "application/msword"),
    "a.xls": (compound_file("Workbook"), "application/vnd.ms-excel"),
    "a.ppt": (compound_file("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "a.rtf": (b"{\\rtf1 text}", "application/rtf"),
    "a.h5p": (zipped({"h5p.json": b"{}", "content/content.json": b"{}"}), "application/x-h5p+zip"),
    "scorm.zip": (zipped({"imsmanifest.xml": b"<manifest/>", "index.html": PAGE}), "application/x-scorm+zip"),
    "a.zip": (zipped({"a.txt": b"text " * 500, "b/": b"", "b/c.zip": zipped({"d": b"e"})}), "application/zip"),
    "stored.zip": (zipped({"a.txt": b"text", "b.zip": zipped({"c": b"d"})}, method=0), "application/zip"),
    "empty.zip": (zipped({}), "application/zip"),
    "a.tar": (tarred([("a.txt", b"text"), ("ü" * 120, b"long"), ("b.zip", zipped({"c": b"d"}))]), "application/x-tar"),
    "a.tar.gz": (gzip.compress(tarred([("a.txt", b"text")])), "application/gzip"),
    "a.gz": (gzip.compress(b"one") + gzip.compress(b"two") + bytes(100), "application/gzip"),
    "a.mp3": (b"ID3\x03" + bytes(100), "audio/mpeg"),
    "frames.mp3": (mpeg_frames(), "audio/mpeg"),
    "a.aac": (2 * (b"\xff\xf1\x50\x80\x01\x1f\xfc" + b"x"), "audio/aac"),
    "a.wav": (sound(), "audio/wav"),
    "a.ogg": (b"OggS\0\2" + bytes(22) + b"\x01vorbis" + bytes(50), "audio/ogg"),
    "a.ogv": (b"OggS\0\2" + bytes(22) + b"\x80theora" + bytes(50), "video/ogg"),
    "a.flac": (b"fLaC" + bytes(60), "audio/flac"),
    "a.m4a": (box(b"ftyp", b"M4A \0\0\0\0isom") + box(b"mdat", bytes(9)), "audio/mp4"),
    "voice.m4a": (box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat", bytes(9)), "audio/mp4"),
    "a.mp4": (box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat", bytes(9)), "video/mp4"),
    "a.mov": (box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", bytes(9)), "video/quicktime"),
    "old.mov": (box(b"moov", bytes(40)), "video/quicktime"),
    "a.3gp": (box(b"ftyp", b"3gp4\0\0\0\0isom") + box(b"mdat", bytes(9)), "video/3gpp"),
    "a.webm": (b"\x1aE\xdf\xa3\x9f\x42\x82\x84webm" + bytes(50), "video/webm"),
    "a.weba": (b"\x1aE\xdf\xa3\x9f\x42\x82\x84webm" + bytes(50), "audio/webm"),
    "a.mkv": (b"\x1aE\xdf\xa3\x9f\x42\x82\x88matroska" + bytes(50), "video/x-matroska"),
    "a.avi": (b"RIFF\x20\0\0\0AVI LIST" + bytes(40), "video/x-msvideo"),
    "a.txt": ("Grüße, MZ and BM and <b>tags</b>".encode(), "text/plain"),
    "mz.txt": (b"MZ are letters too", "text/plain"),
    "a.csv": (b"\xef\xbb\xbfa;b\n1;2\n", "text/csv"),
    "readme.md": (b"<table><tr><td>markdown may begin so</td></tr></table>", "text/markdown"),
    "a.vtt": (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello", "text/vtt"),
    "a.srt": (b"1\n00:00:01,000 --> 00:00:02,000\nHello", "application/x-subrip"),
    "a.json": (b'{"a": 1}', "application/json"),
    "program.py": (b"print('hello')", "text/plain"),
    "NOTES": (b"a text without an extension", "text/plain"),
    "Chapter 1.2 Introduction": (PDF, "application/pdf"),
}  # fmt: skip
