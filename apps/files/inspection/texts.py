"""Texts: UTF-8 without control characters; and which of them run as pages."""

import codecs
import re
from typing import BinaryIO, Final

from apps.files.inspection.reading import chunks_of

_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# What browsers take for a page (WHATWG MIME Sniffing, section 7.1), but for tags that prose begins with as well.
_PAGE: Final = re.compile(
    rb"\A(?:<!doctype\s+html|<(?:html|head|body|script|iframe|style|title|table|meta|link|base|form|frameset|object)[\s>/])",
    re.IGNORECASE,
)
_PROLOGUE: Final = re.compile(
    rb"\A(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^\[>]*(?:\[.*?\]\s*)?>)", re.IGNORECASE | re.DOTALL
)
_SVG: Final = re.compile(rb"\A<(?:[\w.-]+:)?svg[\s>/]", re.IGNORECASE)
_XHTML: Final = re.compile(rb"\A<(?:[\w.-]+:)?html[\s>/]", re.IGNORECASE)
_ELEMENT: Final = re.compile(rb"\A<(?:[\w.-]+:)?[a-z_][\w.:-]*(?:\s[^<]*)?/?>", re.IGNORECASE)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def text_type_of(source: BinaryIO, head: bytes) -> str | None:
    """Return what kind of text the source is: `text/plain`, `text/html`, `image/svg+xml`, `application/xml`.

    Reads all of it, piece by piece. None: it is no text in UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks_of(source):
            if _BINARY.search(chunk):
                return None
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return _markup_of(head)


def _markup_of(head: bytes) -> str:
    text = head.removeprefix(_BYTE_ORDER_MARK)
    is_declared = text.lstrip()[:5].lower() == b"<?xml"
    has_doctype = False
    while match := _PROLOGUE.match(text):
        if _PAGE.match(text.lstrip()):
            return "text/html"
        has_doctype = has_doctype or match[0][:9].lower() == b"<!doctype"
        text = text[match.end() :]
    if _SVG.match(text):
        return "image/svg+xml"
    if _PAGE.match(text) or _XHTML.match(text):
        return "text/html"
    if is_declared or has_doctype or (_ELEMENT.match(text) and b"xmlns" in text):
        return "application/xml"
    return "text/plain"
