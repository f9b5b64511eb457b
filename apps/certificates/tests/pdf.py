"""Read back the text of a PDF that Typst wrote: enough of the format for that, and no more."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
# A string may hold balanced parentheses that are not escaped.
_LITERAL = rb"\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)"
_SHOWN = re.compile(
    rb"/(f\d+) [\d.]+ Tf|\[((?:" + _LITERAL + rb"|[^\[\]()])*)\]TJ|(" + _LITERAL + rb"|<[0-9A-F]+>)Tj", re.DOTALL
)
_STRING = re.compile(_LITERAL + rb"|<([0-9A-F]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, run by run; a glyph that no character stands for comes as `□`."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    names = {
        name.decode(): int(number)
        for body in objects.values()
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", body)
    }
    maps = {name: _characters(objects, objects[number]) for name, number in names.items()}
    return "\n".join(_runs(_inflate(body), maps) for body in objects.values() if b"BT" in _inflate(body))


def fonts_of(pdf: bytes) -> set[str]:
    """Return the names of the embedded fonts."""
    return {name.decode() for name in re.findall(rb"/FontName/[A-Z]{6}\+([A-Za-z0-9-]+)", pdf)}


def _inflate(body: bytes) -> bytes:
    match = _STREAM.search(body)
    return zlib.decompress(match[1]) if match and b"FlateDecode" in body and b"/FontFile" not in body else b""


def _characters(objects: dict[int, bytes], font: bytes) -> dict[bytes, str]:
    reference = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert reference
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", _inflate(objects[int(reference[1])]))
    return {bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _runs(content: bytes, maps: dict[str, dict[bytes, str]]) -> str:
    found = []
    characters: dict[bytes, str] = {}
    for font, several, _, one, _ in _SHOWN.findall(content):
        if font:
            characters = maps[font.decode()]
        codes = b"".join(
            bytes.fromhex(hexadecimal.decode()) if hexadecimal else _ESCAPE.sub(_unescape, literal)
            for literal, hexadecimal in _STRING.findall(several or one)
        )
        found.append("".join(characters.get(codes[at : at + 2], "□") for at in range(0, len(codes), 2)))
    return "".join(found)


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if code.isdigit() else _CONTROL.get(code, code)
