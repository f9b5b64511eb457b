"""Small real files, written byte by byte: the same bytes at every run, and no tool but the standard library."""

import csv
import io
import math
import wave
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from struct import pack
from typing import Final
from xml.sax.saxutils import escape

Table = Sequence[Sequence[str | int]]
Colour = tuple[int, int, int]

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument"


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """Return one page of text (ISO 32000-1, 7.5: header, objects, cross-reference table, trailer)."""
    shown = "".join(f"({_pdf_text(line)}) ' " for line in lines)
    text = f"BT /F1 20 Tf 20 TL 60 770 Td ({_pdf_text(title)}) Tj /F1 11 Tf T* {shown}ET".encode("latin-1", "replace")
    fonts = b"/Resources << /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer


def _pdf_text(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def png(width: int, height: int, top: Colour, bottom: Colour) -> bytes:
    """Return a picture that fades from one colour into another (PNG, 8 bits per channel)."""
    rows = b"".join(b"\0" + bytes(_between(top, bottom, y / max(1, height - 1))) * width for y in range(height))
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _between(top: Colour, bottom: Colour, share: float) -> list[int]:
    return [round(start + (end - start) * share) for start, end in zip(top, bottom, strict=True)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def wav(hertz: int, *, seconds: float = 1.0, rate: int = 8000) -> bytes:
    """Return a tone that fades out (WAV, mono, 8 bits)."""
    count = int(rate * seconds)
    samples = bytes(
        round(128 + 100 * (1 - place / count) * math.sin(2 * math.pi * hertz * place / rate)) for place in range(count)
    )
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return target.getvalue()


def csv_table(rows: Table) -> bytes:
    """Return a table as CSV (RFC 4180)."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return a document of a few paragraphs (ECMA-376, WordprocessingML)."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in (title, *paragraphs))
    document = f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return _package("word/document.xml", f"{_OPEN_XML}.wordprocessingml.document.main+xml", {}, document)


def xlsx(sheet: str, rows: Table) -> bytes:
    """Return a workbook of one sheet (ECMA-376, SpreadsheetML)."""
    name = escape(sheet, {'"': "&quot;"})
    workbook = (
        f'{_XML}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    data = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    others = {
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{_SHEET}"><sheetData>{data}</sheetData></worksheet>',
    }
    return _package("xl/workbook.xml", f"{_OPEN_XML}.spreadsheetml.sheet.main+xml", others, workbook)


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def _package(main: str, media_type: str, others: Mapping[str, str], content: str) -> bytes:
    """Return an Open Packaging Conventions archive around its main part."""
    sheets = "".join(
        f'<Override PartName="/{name}" ContentType="{_OPEN_XML}.spreadsheetml.worksheet+xml"/>'
        for name in others
        if name.startswith("xl/worksheets/")
    )
    types = (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{media_type}"/>{sheets}</Types>'
    )
    entries = {"[Content_Types].xml": types, "_rels/.rels": _relations("officeDocument", main), main: content}
    return archive({**entries, **others})


def _relations(kind: str, target: str) -> str:
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>'


def scorm(identifier: str, title: str, text: str) -> bytes:
    """Return a package of one page (SCORM 1.2, content aggregation model)."""
    manifest = f"""{_XML}<manifest identifier="{escape(identifier)}" version="1.0"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>{escape(title)}</title>
    <item identifier="page" identifierref="index"><title>{escape(title)}</title></item>
  </organization></organizations>
  <resources><resource identifier="index" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>
"""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>
<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>
"""
    return archive({"imsmanifest.xml": manifest, "index.html": page})


def archive(entries: Mapping[str, str]) -> bytes:
    """Return a ZIP archive of these texts, without a clock in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text)
    return target.getvalue()
