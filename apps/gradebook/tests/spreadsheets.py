"""Reading what was exported, as a spreadsheet would: without the libraries that wrote it."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Final
from xml.etree import ElementTree as ET

_NAMESPACE: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_table(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_table(content: bytes) -> list[list[str]]:
    """Return the texts and numbers of the only sheet, with empty text where there is no cell."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        shared = _shared(archive)
    assert sheet.find(f".//{_NAMESPACE}f") is None, "a formula"
    assert sheet.find(f".//{_NAMESPACE}hyperlinks") is None, "a link"
    rows = []
    for row in sheet.iter(f"{_NAMESPACE}row"):
        cells: dict[int, str] = {}
        for cell in row:
            cells[_column(cell.attrib["r"])] = _text(cell, shared)
        rows.append([cells.get(column, "") for column in range(max(cells) + 1)])
    return rows


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    return ["".join(entry.itertext()) for entry in strings.iter(f"{_NAMESPACE}si")]


def _text(cell: ET.Element, shared: list[str]) -> str:
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{_NAMESPACE}v") or ""
    return shared[int(value)] if kind == "s" else value


def _column(reference: str) -> int:
    letters = reference.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
