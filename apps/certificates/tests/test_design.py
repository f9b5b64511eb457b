"""What a template's design may hold."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from apps.certificates.design import Colors, Design, InvalidDesign, Signatory, fill, parse_design
from apps.certificates.rendering import render_pdf
from apps.certificates.tests.test_rendering import PAPER
from apps.certificates.wording import is_right_to_left, words_of


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 4)) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, format=kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def test_an_empty_design_is_the_default_one() -> None:
    assert parse_design({}) == Design()


def test_a_full_design_keeps_everything() -> None:
    design = parse_design(
        {
            "layout": "modern",
            "page": "letter",
            "direction": "rtl",
            "colors": {"primary": "#112233"},
            "logo": picture("JPEG"),
            "texts": {"title": " Diploma of {school} "},
            "signatories": [{"name": "Ada", "title": "Head"}],
        }
    )

    assert design.colors == Colors(primary="#112233")
    assert design.texts.title == "Diploma of {school}"
    assert design.signatories == (Signatory("Ada", "Head"),)
    assert design.logo is not None
    assert design.logo.kind == "jpg"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_printed(kind: str) -> None:
    design = parse_design({"logo": picture(kind)})

    assert len(render_pdf(PAPER, design, "en")) > len(render_pdf(PAPER, Design(), "en"))


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([], "design"),
        ({"script": "x"}, "design"),
        ({"layout": "fancy"}, "design.layout"),
        ({"layout": ["classic"]}, "design.layout"),
        ({"page": "a3"}, "design.page"),
        ({"direction": "up"}, "design.direction"),
        ({"colors": {"primary": "red"}}, "design.colors.primary"),
        ({"colors": {"primary": 7}}, "design.colors.primary"),
        ({"colors": {"third": "#000000"}}, "design.colors"),
        ({"texts": {"title": "x" * 101}}, "design.texts.title"),
        ({"texts": {"title": None}}, "design.texts.title"),
        ({"texts": {"title": "a\x00b"}}, "design.texts.title"),
        ({"texts": {"body": "{password}"}}, "design.texts.body"),
        ({"texts": {"body": "{number} {number}"}}, "design.texts.body"),
        ({"signatories": "Ada"}, "design.signatories"),
        ({"signatories": [{"name": "A"}] * 4}, "design.signatories"),
        ({"signatories": ["Ada"]}, "design.signatories.0"),
        ({"signatories": [{"title": "Head"}]}, "design.signatories.0.name"),
        ({"logo": "https://example.com/logo.png"}, "design.logo"),
        ({"logo": 7}, "design.logo"),
        ({"logo": "data:image/svg+xml;base64,AAAA"}, "design.logo"),
        ({"logo": "data:image/png;base64,AAAAA"}, "design.logo"),
        ({"logo": "data:image/png;base64,AAAA"}, "design.logo"),
        ({"logo": picture("JPEG").replace("jpeg", "png")}, "design.logo"),
        ({"logo": picture(size=(2001, 2001))}, "design.logo"),
        ({"logo": picture() + "A" * 400_000}, "design.logo"),
    ],
)
def test_what_is_wrong_is_named(raw: Any, field: str) -> None:
    with pytest.raises(InvalidDesign) as failure:
        parse_design(raw)

    assert failure.value.field == field


def test_placeholders_are_filled_once() -> None:
    pieces = fill("For {recipient_name}: {number}", {"recipient_name": "{number}", "number": "7"})

    assert pieces == [("For ", False), ("{number}", True), (": ", False), ("7", True)]


def test_words_follow_the_language_and_fall_back_to_english() -> None:
    assert words_of("de-AT").title == "Zertifikat"
    assert words_of("zh-hans").number == "证书编号"
    assert words_of("tlh").title == "Certificate of Completion"
    assert is_right_to_left("ar-EG")
    assert not is_right_to_left("en")
