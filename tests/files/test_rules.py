"""What a school may allow, and what is never shown by a browser."""

import io

import pytest

from apps.files.inspection import DEFAULT_ALLOWED, UnsafeFile, check_allowed, inspect, may_show_inline
from apps.files.inspection.types import GROUPS, STORABLE, TABLE
from tests.files.building import HARMLESS, PAGE, PDF, SVG, picture

PAGES = {
    "a.html": (PAGE, "text/html"),
    "a.svg": (SVG, "image/svg+xml"),
    "a.xml": (b'<?xml version="1.0"?><a/>', "application/xml"),
}
OPAQUE = {
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "application/x-7z-compressed"),
    "a.rar": (b"Rar!\x1a\x07\x01\x00" + bytes(40), "application/vnd.rar"),
}


def look_at(content: bytes, name: str, allowed: list[str]) -> str:
    return inspect(io.BytesIO(content), name=name, size=len(content), allowed=allowed)


def answer_to(content: bytes, name: str, allowed: list[str]) -> str:
    """Return the type, or the code of the refusal."""
    try:
        return look_at(content, name, allowed)
    except UnsafeFile as error:
        return error.code


@pytest.mark.parametrize("name", [*PAGES, *OPAQUE])
def test_pages_and_closed_archives_are_stored_only_where_a_school_names_them(name: str) -> None:
    content, media_type = {**PAGES, **OPAQUE}[name]

    assert look_at(content, name, [media_type]) == media_type
    with pytest.raises(UnsafeFile) as refused:
        look_at(content, name, DEFAULT_ALLOWED)
    assert refused.value.code == "type_not_allowed"
    assert media_type in refused.value.detail


def test_what_runs_as_a_page_is_never_shown_by_a_browser() -> None:
    assert not any(may_show_inline(media_type) for _, media_type in PAGES.values())
    assert not may_show_inline("application/octet-stream")
    assert not may_show_inline("text/html; charset=utf-8")
    assert not may_show_inline("TEXT/HTML")
    assert may_show_inline("image/png")


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_allows_its_types_and_no_other(group: str) -> None:
    accepted = {name for name, (content, _) in HARMLESS.items() if answer_to(content, name, [group]) in STORABLE}
    codes = {answer_to(content, name, [group]) for name, (content, _) in HARMLESS.items() if name not in accepted}

    assert accepted == {name for name, (_, media_type) in HARMLESS.items() if media_type in GROUPS[group]}
    assert codes == {"type_not_allowed"}


def test_one_type_can_be_allowed_without_its_group() -> None:
    assert look_at(PDF, "a.pdf", ["application/pdf"]) == "application/pdf"
    with pytest.raises(UnsafeFile):
        look_at(picture(), "a.jpg", ["application/pdf"])
    with pytest.raises(UnsafeFile):
        look_at(PDF, "a.pdf", [])


def test_the_setting_takes_groups_and_types_that_can_be_stored() -> None:
    check_allowed([*GROUPS, *STORABLE])

    for entry in ("application/x-executable", "image/tiff", "images", "", "*/*"):
        with pytest.raises(ValueError, match="cannot be allowed"):
            check_allowed(["image", entry])


def test_every_type_stands_once_in_the_table_and_has_an_extension() -> None:
    assert len(STORABLE) == len(TABLE)
    assert all(row.extensions for row in TABLE)
    assert {row.group for row in TABLE} == {*GROUPS, ""}


@pytest.mark.parametrize(
    "name",
    ["Chapter 1.2", "Dr. Smith", "notes.", "a.PDF", ".pdf", "Über uns (final) v2.1.pdf", "node.js.pdf", "报告.pdf"],
)
def test_ordinary_names_are_fine(name: str) -> None:
    assert look_at(PDF, name, DEFAULT_ALLOWED) == "application/pdf"


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(UnsafeFile) as refused:
        look_at(picture("PNG"), "a.jpg", DEFAULT_ALLOWED)

    assert refused.value.detail == (
        "The name ends with .jpg, but the content is of type image/png. "
        "Rename the file to .png if that is what it is, or upload the right one."
    )
    assert (refused.value.status, refused.value.field) == (400, "file")
