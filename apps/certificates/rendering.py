"""A certificate as PDF, set by Typst from data: no system package, no network, no file but our own.

Values reach Typst as JSON and are printed literally. The same values give the same bytes. The PDF is tagged
(PDF/UA-1: title, language, alternative texts), so that it can be read aloud.
"""

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import segno
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from apps.certificates.design import Design, Direction, Signatory, fill
from apps.certificates.wording import Words, is_right_to_left, words_of

if TYPE_CHECKING:
    import typst

_HERE: Final = Path(__file__).parent
_SOURCE: Final = _HERE / "typst" / "certificate.typ"
_TURNS_AROUND: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_LONGEST_WORD_OF_SIGNATORIES: Final = 22
_PAGES: Final = {"a4": "a4", "letter": "us-letter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is printed: the facts of one certificate. Moments are in UTC, printed as dates."""

    number: str
    recipient_name: str
    course_title: str
    school: str
    completed_at: datetime
    issued_at: datetime
    expires_at: datetime | None
    verification_url: str


def render_pdf(paper: Paper, design: Design, language: str) -> bytes:
    """Return the certificate as a PDF of one page; about 15 ms of one core."""
    import typst  # noqa: PLC0415  4 MB in every process; loaded by the first that prints

    stamp = int(paper.issued_at.timestamp())
    pdf = typst.compile(**_job(paper, design, language), format="pdf", pdf_standards=["ua-1"], timestamp=stamp)
    return cast("bytes", pdf)


def render_pages_svg(paper: Paper, design: Design, language: str) -> list[bytes]:
    """Return the same sheet as SVG pictures, one per page."""
    import typst  # noqa: PLC0415  as above

    pages = cast("bytes | list[bytes]", typst.compile(**_job(paper, design, language), format="svg"))
    return pages if isinstance(pages, list) else [pages]


def _job(paper: Paper, design: Design, language: str) -> dict[str, Any]:
    data = json.dumps(_data(paper, design, language), ensure_ascii=False)
    return {
        "input": _SOURCE,
        "root": _SOURCE.parent,
        "font_paths": _fonts(),
        "ignore_system_fonts": True,
        "sys_inputs": {"data": data},
    }


@cache
def _fonts() -> "typst.Fonts":
    """Load the fonts once per process: ours, those inside the wheel, and the operator's, if any."""
    import typst  # noqa: PLC0415  as above

    own = settings.CERTIFICATE_FONTS_DIR
    folders = [_HERE / "fonts", *([Path(own)] if own else [])]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _data(paper: Paper, design: Design, language: str) -> dict[str, Any]:
    words = words_of(language)
    completed = _date(paper.completed_at, language)
    values = {
        "recipient_name": printable(paper.recipient_name),
        "course_title": printable(paper.course_title),
        "completed_date": completed,
        "number": paper.number,
        "school": printable(paper.school),
    }
    texts = design.texts
    issued = paper.issued_at.astimezone(UTC)
    return {
        "layout": design.layout,
        "paper": _PAGES[design.page],
        "rtl": _is_right_to_left(design, language),
        "lang": language.partition("-")[0].lower(),
        "colors": asdict(design.colors),
        "logo": design.logo and {"kind": design.logo.kind, "bytes": list(design.logo.data)},
        "title": _pieces(texts.title or words.title, values),
        "preamble": _pieces(texts.preamble or words.preamble, values),
        "body": _pieces(texts.body or words.body, values),
        "footer": _pieces(texts.footer, values),
        "signatories": [_signatory(person) for person in design.signatories],
        "facts": _facts(paper, words, language),
        "recipient_name": values["recipient_name"],
        "school": values["school"],
        "document_title": f"{values['course_title']} · {values['recipient_name']}",
        "description": f"{words.number}: {paper.number}",
        "issued": [issued.year, issued.month, issued.day],
        "verify": words.verify,
        "url": paper.verification_url,
        "qr": qr_svg(paper.verification_url),
    }


def _facts(paper: Paper, words: Words, language: str) -> list[tuple[str, str]]:
    facts = [(words.issued, _date(paper.issued_at, language))]
    if paper.expires_at:
        facts.append((words.expires, _date(paper.expires_at, language)))
    return [*facts, (words.number, paper.number)]


def _pieces(text: str, values: Mapping[str, str]) -> list[tuple[str, bool]]:
    return [(printable(piece), is_value) for piece, is_value in fill(text, values)]


def _signatory(person: Signatory) -> dict[str, str]:
    return {key: printable(text, longest_word=_LONGEST_WORD_OF_SIGNATORIES) for key, text in asdict(person).items()}


def _is_right_to_left(design: Design, language: str) -> bool:
    return design.direction == Direction.RTL or (design.direction == Direction.AUTO and is_right_to_left(language))


def _date(moment: datetime, language: str) -> str:
    """Return the day in UTC, as people who speak `language` write it."""
    with translation.override(language):
        # Django abbreviates English months in some cases only (Nov. 21 but June 21).
        form = "F j, Y" if translation.get_language() == "en" else "DATE_FORMAT"
        return date_format(moment.astimezone(UTC).date(), form)


def printable(text: str, *, longest_word: int = 40) -> str:
    """Return `text` without control characters, and without those that turn the writing direction around.

    A name with a right-to-left override could otherwise make the sheet read as another name. Words longer
    than `longest_word` get a place to break.
    """
    kept = "".join(
        character
        for character in re.sub(r"\s+", " ", text)
        if unicodedata.category(character) not in {"Cc", "Cs"}
        and unicodedata.bidirectional(character) not in _TURNS_AROUND
    )
    return re.sub(rf"(\S{{{longest_word}}})(?=\S)", "\\1\u200b", kept)


def qr_svg(url: str) -> str:
    """Return a QR code of `url` as SVG, black on white with its quiet zone, error correction M or better."""
    buffer = io.BytesIO()
    code = segno.make_qr(url, error="m")
    code.save(buffer, kind="svg", xmldecl=False, border=4, dark="#000000", light="#ffffff")
    return buffer.getvalue().decode()
