"""How a certificate looks: data, not code.

A design is the JSON of `CertificateTemplate.design`; `parse_design` turns it into a typed `Design` or says
what is wrong with it. Every key is optional.

    {
      "layout": "classic",                                       classic, modern, minimal
      "page": "a4",                                              a4, letter; both landscape
      "direction": "auto",                                       auto (by the language), ltr, rtl
      "colors": {"primary": "#1f3a5f", "accent": …, "text": …, "background": …},
      "logo": "data:image/png;base64,…",                         PNG or JPEG, at most 200 kB
      "texts": {"title": …, "preamble": …, "body": …, "footer": …},
      "signatories": [{"name": "Ada Lovelace", "title": "Head of Studies"}]
    }

Texts may hold placeholders (`PLACEHOLDERS`) in braces. Empty texts take the words of the language.
"""

import base64
import binascii
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, TypeVar

from apps.core.errors import InvalidInput

PLACEHOLDERS: Final = ("recipient_name", "course_title", "completed_date", "number", "school")
MAX_LOGO_BYTES: Final = 200_000
MAX_LOGO_PIXELS: Final = 4_000_000
MAX_SIGNATORIES: Final = 3
MAX_SIGNATORY_LENGTH: Final = 80
MAX_TEXT_LENGTHS: Final = {"title": 100, "preamble": 200, "body": 600, "footer": 200}

_COLOR = re.compile(r"\A#[0-9a-fA-F]{6}\Z")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LOGO = re.compile(r"\Adata:image/(?P<kind>png|jpeg);base64,(?P<data>[A-Za-z0-9+/]+={0,2})\Z")

E = TypeVar("E", bound=StrEnum)


class InvalidDesign(InvalidInput):
    """The design of a template is not one; `field` says where."""

    code = "invalid_design"
    default_field = "design"


class Layout(StrEnum):
    """The arrangement of the sheet."""

    CLASSIC = "classic"
    MODERN = "modern"
    MINIMAL = "minimal"


class Page(StrEnum):
    """The sheet, always landscape."""

    A4 = "a4"
    LETTER = "letter"


class Direction(StrEnum):
    """Where lines begin."""

    AUTO = "auto"
    LTR = "ltr"
    RTL = "rtl"


@dataclass(frozen=True, slots=True)
class Colors:
    """Colours as `#rrggbb`."""

    primary: str = "#1f3a5f"
    accent: str = "#b08d3c"
    text: str = "#222222"
    background: str = "#ffffff"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written on it; an empty text takes the words of the language."""

    title: str = ""
    preamble: str = ""
    body: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture: its bytes, and `png` or `jpg`."""

    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Design:
    """A valid design."""

    layout: Layout = Layout.CLASSIC
    page: Page = Page.A4
    direction: Direction = Direction.AUTO
    colors: Colors = field(default_factory=Colors)
    logo: Logo | None = None
    texts: Texts = field(default_factory=Texts)
    signatories: tuple[Signatory, ...] = ()


def parse_design(raw: Any) -> Design:
    """Return the design that `raw`, the JSON of a template, describes.

    Raises:
        InvalidDesign: a key is unknown or a value has not the right form; the error names the place.
    """
    data = _object(raw, "design", {entry.name for entry in fields(Design)})
    return Design(
        layout=_choice(Layout, data.get("layout", Layout.CLASSIC), "design.layout"),
        page=_choice(Page, data.get("page", Page.A4), "design.page"),
        direction=_choice(Direction, data.get("direction", Direction.AUTO), "design.direction"),
        colors=_colors(data.get("colors", {})),
        logo=_logo(data.get("logo", "")),
        texts=_texts(data.get("texts", {})),
        signatories=_signatories(data.get("signatories", [])),
    )


def fill(text: str, values: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Return `text` in pieces, each with whether it is a value that stood in for a placeholder.

    One pass: a value that looks like a placeholder itself is not replaced again.
    """
    pieces: list[tuple[str, bool]] = []
    for index, piece in enumerate(_PLACEHOLDER.split(text)):
        is_value = index % 2 == 1
        if piece:
            pieces.append((values[piece] if is_value else piece, is_value))
    return pieces


def _object(raw: Any, place: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        message = "This must be an object."
        raise InvalidDesign(message, field=place)
    if unknown := sorted(set(map(str, raw)) - known):
        message = f"{unknown[0][:50]} is not a part of it; known are {', '.join(sorted(known))}."
        raise InvalidDesign(message, field=place)
    return raw


def _choice(kind: type[E], value: Any, place: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        message = f"Choose one of {', '.join(kind)}."
        raise InvalidDesign(message, field=place) from error


def _colors(raw: Any) -> Colors:
    data = _object(raw, "design.colors", {entry.name for entry in fields(Colors)})
    for key, value in data.items():
        if not isinstance(value, str) or not _COLOR.match(value):
            message = "Write colours as #rrggbb."
            raise InvalidDesign(message, field=f"design.colors.{key}")
    return Colors(**data)


def _texts(raw: Any) -> Texts:
    data = _object(raw, "design.texts", set(MAX_TEXT_LENGTHS))
    return Texts(**{key: _text(value, f"design.texts.{key}", MAX_TEXT_LENGTHS[key]) for key, value in data.items()})


def _text(value: Any, place: str, limit: int) -> str:
    text = _line(value, place, limit)
    names = _PLACEHOLDER.findall(text)
    for name in names:
        if name not in PLACEHOLDERS:
            message = f"There is no placeholder {{{name[:50]}}}; known are {', '.join(PLACEHOLDERS)}."
            raise InvalidDesign(message, field=place)
    if len(names) != len(set(names)):
        message = "Use each placeholder once in a text, so that it fits on the sheet."
        raise InvalidDesign(message, field=place)
    return text


def _line(value: Any, place: str, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or "\x00" in value:
        message = f"This must be a text of at most {limit} characters."
        raise InvalidDesign(message, field=place)
    return value.strip()


def _signatories(raw: Any) -> tuple[Signatory, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MAX_SIGNATORIES:
        message = f"This must be a list of at most {MAX_SIGNATORIES} people."
        raise InvalidDesign(message, field="design.signatories")
    return tuple(_signatory(entry, f"design.signatories.{index}") for index, entry in enumerate(raw))


def _signatory(raw: Any, place: str) -> Signatory:
    data = _object(raw, place, {"name", "title"})
    name = _line(data.get("name", ""), f"{place}.name", MAX_SIGNATORY_LENGTH)
    if not name:
        message = "Who signs has a name."
        raise InvalidDesign(message, field=f"{place}.name")
    return Signatory(name=name, title=_line(data.get("title", ""), f"{place}.title", MAX_SIGNATORY_LENGTH))


def _logo(raw: Any) -> Logo | None:
    """Read a logo from its `data:` URL; nothing is ever fetched."""
    if raw in ("", None):
        return None
    match = _LOGO.match(raw) if isinstance(raw, str) and len(raw) <= MAX_LOGO_BYTES * 2 else None
    if match is None:
        message = "The logo must be a data: URL of a PNG or JPEG picture, base64-encoded, of at most 200 kB."
        raise InvalidDesign(message, field="design.logo")
    try:
        data = base64.b64decode(match["data"], validate=True)
    except binascii.Error as error:
        message = "The logo is not valid base64."
        raise InvalidDesign(message, field="design.logo") from error
    if len(data) > MAX_LOGO_BYTES or not _is_picture(data, match["kind"]):
        message = f"The logo must be a {match['kind'].upper()} picture of at most 200 kB and 4 megapixels."
        raise InvalidDesign(message, field="design.logo")
    return Logo(kind="jpg" if match["kind"] == "jpeg" else "png", data=data)


def _is_picture(data: bytes, kind: str) -> bool:
    """Whether the bytes decode to a picture of this kind and of a bearable size."""
    from PIL import Image  # noqa: PLC0415  7 MB in every process; loaded by the first that looks

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind.upper()]) as picture:
                if picture.width * picture.height > MAX_LOGO_PIXELS:
                    return False
                picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return True
