"""A certificate as PDF: one page, exactly what was given, in every script of the platform."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import segno

from apps.certificates.design import Design, parse_design
from apps.certificates.rendering import Paper, printable, qr_svg, render_pages_svg, render_pdf
from apps.certificates.tests.pdf import fonts_of, text_of

URL = "https://learn.example.com/verify/LMS-2026-7K3Q-9XBM-2R4T-C/"
PAPER = Paper(
    number="LMS-2026-7K3Q-9XBM-2R4T-C",
    recipient_name="Alice Williams",
    course_title="Python Programming",
    school="Acme Learning",
    completed_at=datetime(2026, 3, 4, 12, tzinfo=UTC),
    issued_at=datetime(2026, 3, 5, 12, 30, 59, 123456, tzinfo=UTC),
    expires_at=datetime(2028, 3, 5, 12, tzinfo=UTC),
    verification_url=URL,
)
HOSTILE = '#import "x": * *bold* $x^2$ <label> @ref // #read("/etc/passwd")'


def test_the_sheet_says_who_completed_what_and_when() -> None:
    text = text_of(render_pdf(PAPER, Design(), "en"))

    assert "Certificate of Completion" in text
    assert "Alice Williams" in text
    assert "has successfully completed the course Python Programming on March 4, 2026." in text
    assert "Issued: March 5, 2026" in text
    assert "Valid until: March 5, 2028" in text
    assert "Certificate number: LMS-2026-7K3Q-9XBM-2R4T-C" in text
    assert URL in text


def test_a_certificate_that_never_expires_says_nothing_of_expiry() -> None:
    text = text_of(render_pdf(replace(PAPER, expires_at=None), Design(), "en"))

    assert "Valid until" not in text


def test_the_document_names_title_author_and_language() -> None:
    pdf = render_pdf(PAPER, Design(), "en")

    assert '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Python Programming · Alice Williams' in pdf.decode(
        "utf-8", "ignore"
    )
    assert b"Acme Learning" in pdf
    assert b"/Lang(en" in pdf
    assert b"/StructTreeRoot" in pdf


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_pdf(PAPER, Design(), "en") == render_pdf(PAPER, Design(), "en")


@pytest.mark.parametrize("field", ["recipient_name", "course_title", "school"])
def test_typst_in_a_name_is_printed_as_it_is(field: str) -> None:
    names: dict[str, Any] = {field: HOSTILE}
    design = parse_design({"texts": {"footer": "{school}"}})

    text = text_of(render_pdf(replace(PAPER, **names), design, "en"))

    assert HOSTILE in text


@pytest.mark.parametrize("field", ["title", "preamble", "body", "footer"])
def test_typst_in_a_text_is_printed_as_it_is(field: str) -> None:
    text = text_of(render_pdf(PAPER, parse_design({"texts": {field: HOSTILE}}), "en"))

    assert HOSTILE in text


def test_a_name_that_looks_like_a_placeholder_is_no_placeholder() -> None:
    text = text_of(render_pdf(replace(PAPER, recipient_name="{number} {nothing}"), Design(), "en"))

    assert "{number} {nothing}" in text


def test_characters_that_turn_the_text_around_are_left_out() -> None:
    assert printable("Ada\u202e ecalevoL\u2066\x00\x1b") == "Ada ecalevoL"


def test_a_very_long_word_gets_places_to_break() -> None:
    assert printable("W" * 90) == "\u200b".join(["W" * 40, "W" * 40, "W" * 10])


@pytest.mark.parametrize(
    ("language", "name", "font"),
    [
        ("ar", "ليلى المنصوري", "Amiri-Bold"),
        ("he", "דנה לוי", "LibertinusSerif-Bold"),
        ("hi", "अनन्या शर्मा", "Shobhika-Bold"),
        ("de", "Jürgen Weiß", "LibertinusSerif-Bold"),
        ("pt", "João Conceição", "LibertinusSerif-Bold"),
        ("en", "Nguyễn Thị Ánh, Ελένη, Юлия", "LibertinusSerif-Bold"),
    ],
)
def test_every_letter_of_these_scripts_has_a_glyph(language: str, name: str, font: str) -> None:
    pdf = render_pdf(replace(PAPER, recipient_name=name), Design(), language)

    assert font in fonts_of(pdf)
    assert "□" not in text_of(pdf)


LONGEST = replace(PAPER, recipient_name="Wm" * 127, course_title="W" * 200, school="W" * 200)


@pytest.mark.parametrize("layout", ["classic", "modern", "minimal"])
@pytest.mark.parametrize("page", ["a4", "letter"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_longest_texts_still_fit_on_one_page(layout: str, page: str, language: str) -> None:
    everything = "{recipient_name} {course_title} {completed_date} {number} {school} "
    design = parse_design(
        {
            "layout": layout,
            "page": page,
            "texts": {
                "title": everything + "W" * 30,
                "preamble": everything + "W " * 60,
                "body": everything + "W" * 500,
                "footer": everything + "W" * 120,
            },
            "signatories": [{"name": "W" * 80, "title": "W" * 80}] * 3,
        }
    )

    assert len(render_pages_svg(LONGEST, design, language)) == 1


def test_the_qr_code_holds_the_address() -> None:
    code = segno.make_qr(URL, error="m")

    svg = qr_svg(URL)

    assert code.mode == "byte"
    assert f'width="{code.symbol_size(border=4)[0]}"' in svg
    assert svg == qr_svg(URL)
    assert svg != qr_svg(f"{URL}?")
    assert b"/URI" in render_pdf(PAPER, Design(), "en")
