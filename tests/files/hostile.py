"""The table of hostile files: what each is called, its bytes, and the code with which it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.files.building import PAGE, PDF, PROGRAM, SVG, picture, zipped
from tests.files.hostile_archives import ARCHIVES
from tests.files.hostile_images import PICTURES

_PAGE_WITH_PROLOGUE: Final = b"\xef\xbb\xbf <!-- harmless --> <!DOCTYPE html><title>x</title>"
_LAUGHS: Final = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><lolz>&b;</lolz>'

_OTHERS: Final[dict[str, tuple[str, Callable[[], bytes], str]]] = {
    "nothing": ("a.txt", lambda: b"", "empty_file"),
    "a program as document": ("a.pdf", lambda: PROGRAM, "type_not_allowed"),
    "a program for Linux": ("a.bin", lambda: b"\x7fELF" + bytes(60), "type_not_allowed"),
    "a program for macOS": ("a", lambda: b"\xcf\xfa\xed\xfe" + bytes(60), "type_not_allowed"),
    "a script as text": ("a.txt", lambda: b"#!/bin/sh\nrm -rf /\n", "type_not_allowed"),
    "a shortcut": ("a.pdf", lambda: b"L\0\0\0\1\x14\2\0" + bytes(60), "type_not_allowed"),
    "a program behind two extensions": ("report.pdf.exe", lambda: PROGRAM, "unsafe_name"),
    "a document called a program": ("report.pdf.exe", lambda: PDF, "unsafe_name"),
    "a program's extension in the middle": ("shell.php.jpg", picture, "unsafe_name"),
    "a program's extension behind spaces": ("report.pdf        .exe .", lambda: PDF, "unsafe_name"),
    "a name that turns": ("report\u202efdp.exe", lambda: PDF, "unsafe_name"),
    "a name that isolates": ("\u2067fdp.report\u2069.pdf", lambda: PDF, "unsafe_name"),
    "a name with a NUL": ("a.pdf\0.jpg", lambda: PDF, "unsafe_name"),
    "a name with a line break": ("a\r\nX: y.pdf", lambda: PDF, "unsafe_name"),
    "a name that is a path": ("../../etc/cron.d/a.pdf", lambda: PDF, "unsafe_name"),
    "a name that is a path of Windows": ("..\\a.pdf", lambda: PDF, "unsafe_name"),
    "a name of dots": (" .. ", lambda: PDF, "unsafe_name"),
    "a name without end": ("a" * 300 + ".pdf", lambda: PDF, "unsafe_name"),
    "a name that is half a letter": ("a\ud800.pdf", lambda: PDF, "unsafe_name"),
    "a page": ("a.html", lambda: PAGE, "type_not_allowed"),
    "a page as text": ("a.txt", lambda: b"  \n" + PAGE, "type_not_allowed"),
    "a page as picture": ("a.png", lambda: _PAGE_WITH_PROLOGUE, "type_not_allowed"),
    "a page as XML": ("a.xml", lambda: b'<?xml version="1.0"?><html xmlns="x"/>', "type_not_allowed"),
    "an SVG with a script": ("a.svg", lambda: SVG, "type_not_allowed"),
    "an SVG as picture": ("a.png", lambda: b'<?xml version="1.0"?><!-- x -->' + SVG, "type_not_allowed"),
    "an SVG behind a doctype": ("a.txt", lambda: b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, "type_not_allowed"),
    "an SVG with a prefix": ("a.txt", lambda: b"<x:svg xmlns:x='http://www.w3.org/2000/svg'/>", "type_not_allowed"),
    "XML that laughs": ("a.xml", lambda: _LAUGHS, "type_not_allowed"),
    "XML without a prologue": ("a.txt", lambda: b"<feed xmlns='urn:x'></feed>", "type_not_allowed"),
    "a PNG as JPEG": ("a.jpg", lambda: picture("PNG"), "type_mismatch"),
    "a JPEG as text": ("a.txt", picture, "type_mismatch"),
    "a text as picture": ("a.png", lambda: b"just words", "type_mismatch"),
    "a text as script": ("a.js", lambda: b"alert(1)", "type_mismatch"),
    "a text with NULs": ("a.txt", lambda: b"a\0b", "type_not_allowed"),
    "a text in no encoding": ("a.txt", lambda: b"caf\xe9", "type_not_allowed"),
    "a text cut in a letter": ("a.txt", lambda: "é".encode()[:1], "type_not_allowed"),
    "a PDF that is an archive": ("a.pdf", lambda: PDF + zipped({"a": b""}), "mixed_content"),
    "a PDF with a program behind it": ("a.pdf", lambda: PDF + PROGRAM, "mixed_content"),
    "a PDF with a small program behind it": ("a.pdf", lambda: PDF + b"#!/bin/sh\nrm -rf ~", "mixed_content"),
    "a PDF behind a page": ("a.pdf", lambda: PAGE + PDF, "type_not_allowed"),
    "a PDF without its end": ("a.pdf", lambda: PDF[:-7], "file_broken"),
    "a sound that is an archive": ("a.mp3", lambda: b"ID3\3" + bytes(50) + zipped({"a": b""}), "mixed_content"),
    "bytes that nobody knows": ("a.dat", lambda: bytes(range(256)), "type_not_allowed"),
    "a compound file that is too short": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_broken"),
    "a compound file of odd sectors": (
        "a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_broken",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file that is refused: its name, what makes its bytes, and the code."""

    name: str
    make: Callable[[], bytes]
    code: str


HOSTILE: Final = {what: Hostile(*row) for what, row in {**_OTHERS, **ARCHIVES, **PICTURES}.items()}
