"""Hostile Markdown, HTML and addresses, and payloads that do not fit."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import InvalidInput
from apps.core.models import Tenant
from apps.core.services import change_settings
from apps.courses.content_types import CONTENT_TYPES, InvalidPayload, clean_payload, https_url
from apps.courses.content_types.markdown import to_html

GOOD_URLS = [
    "https://example.org",
    "https://example.org:8443/a/b?c=d#e",
    "HTTPS://Example.ORG/",
    "https://xn--mnchen-3ya.example/",
    "https://münchen.example/",
    "https://8.8.8.8/x",
    "https://[2606:4700:4700::1111]/",
    "https://a_b.example.org/%20",
]
BAD_URLS = [
    ("", "invalid_url"),
    (None, "invalid_url"),
    (7, "invalid_url"),
    ("javascript:alert(1)", "url_not_https"),
    ("JaVaScRiPt:alert(1)", "url_not_https"),
    ("data:text/html,<b>", "invalid_url"),
    ("data:text/html;base64,AAAA", "url_not_https"),
    ("//example.org", "url_not_https"),
    ("http://example.org", "url_not_https"),
    ("ftp://example.org", "url_not_https"),
    ("https://user@example.org", "url_with_credentials"),
    ("https://user:pass@example.org", "url_with_credentials"),
    ("https://@example.org", "url_with_credentials"),
    ("https://localhost", "url_not_public"),
    ("https://api.localhost.", "url_not_public"),
    ("https://intranet", "url_not_public"),
    ("https://printer.local/", "url_not_public"),
    ("https://metadata.google.internal/", "url_not_public"),
    ("https://127.0.0.1", "url_not_public"),
    ("https://127.1", "url_not_public"),
    ("https://2130706433", "url_not_public"),
    ("https://0x7f000001", "url_not_public"),
    ("https://0x7f.0.0.1", "url_not_public"),
    ("https://0177.0.0.1", "url_not_public"),
    ("https://10.0.0.1", "url_not_public"),
    ("https://172.16.0.1", "url_not_public"),
    ("https://192.168.1.1", "url_not_public"),
    ("https://169.254.169.254/latest/meta-data", "url_not_public"),
    ("https://100.64.0.1", "url_not_public"),
    ("https://0.0.0.0", "url_not_public"),
    ("https://224.0.0.1", "url_not_public"),
    ("https://[::1]", "url_not_public"),
    ("https://[::ffff:127.0.0.1]", "url_not_public"),
    ("https://[2002:7f00:1::]", "url_not_public"),
    ("https://[fe80::1]", "url_not_public"),
    ("https://[fd00::1]", "url_not_public"),
    ("https://\uff11\uff12\uff17.0.0.1", "url_not_public"),
    ("https://127。0。0。1", "url_not_public"),
    ("https://[::1", "invalid_url"),
    ("https://example.org:99999", "invalid_url"),
    ("https://", "invalid_url"),
    ("https://-a.example", "invalid_url"),
    ("https://a..example", "invalid_url"),
    ("https://example.org/a b", "invalid_url"),
    ("https://example.org\\@evil.example", "invalid_url"),
    ("https://example.org/\n", "invalid_url"),
    ("https://exa\u200bmple.org", "invalid_url"),
    ("https://example.org/\u202egnp.exe", "invalid_url"),
    ("https://" + "ü" * 80 + ".example", "invalid_url"),
    ("https://example.org/" + "x" * 2000, "invalid_url"),
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_public_addresses_are_accepted(url: str) -> None:
    assert https_url(url) == url


@pytest.mark.parametrize(("url", "code"), BAD_URLS)
def test_hostile_addresses_are_refused(url: Any, code: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        https_url(url)

    assert refused.value.code == code


@given(st.text() | st.from_regex(r"https?://[^/]{0,30}/?", fullmatch=True))
def test_no_address_breaks_the_check(url: str) -> None:
    try:
        https_url(url)
    except InvalidPayload:
        return
    assert url.lower().startswith("https://")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='  jAvAsCrIpT&colon;alert(1)'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='x'></object><embed src='x'>",
        "<form action='https://evil.example'><input name=password></form>",
        "<style>body{display:none}</style>",
        "<p style='background:url(https://evil.example)'>x</p>",
        "<td style='text-align:left;position:fixed'>x</td>",
        "<div id='app' class='login'>x</div>",
        "<base href='https://evil.example'><meta http-equiv=refresh content='0;url=x'><link rel=stylesheet href=x>",
        "<img src='http://tracker.example/x.png'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    ],
)
def test_hostile_markup_loses_its_teeth(source: str) -> None:
    for tag, attributes in tags_of(to_html(source)):
        assert tag in {"a", "b", "em", "img", "p", "td"}
        assert attributes.keys() <= {"href", "rel", "src", "alt", "title", "style"}
        assert attributes.get("href", "https://").startswith(("https://", "http://", "mailto:"))
        assert attributes.get("src", "https://").startswith("https://")
        assert attributes.get("style", "text-align:left") == "text-align:left"


def tags_of(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return the start tags that a browser would see, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    Reader().feed(html)
    return found


def test_what_authors_need_stays() -> None:
    html = to_html(
        "# T\n\n**b** ~~s~~ [l](https://a.example 't') `c`\n\n```python\nx\n```\n\n"
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n![alt](https://a.example/i.png)\n\n<code class='x'>y</code>"
    )

    for piece in (
        "<h1>T</h1>", "<strong>b</strong>", "<s>s</s>", 'rel="noopener noreferrer nofollow"', 'title="t"',
        '<code class="language-python">x', '<th style="text-align:right">', '<img src="https://a.example/i.png"',
        "<code>y</code>",
    ):  # fmt: skip
        assert piece in html


@given(st.text())
def test_any_text_renders(source: str) -> None:
    assert all(tag != "script" for tag, _ in tags_of(to_html(source)))


CAPTION = {"language": "en", "url": "https://a.example/x.vtt"}
VIDEO = {"url": "https://a.example/x.mp4"}


@pytest.mark.parametrize(
    ("kind", "payload", "field", "code"),
    [
        ("text", {}, "text_content", "required"),
        ("text", {"text_content": 5}, "text_content", "not_a_text"),
        ("text", {"text_content": "x" * 200_001}, "text_content", "too_long"),
        ("text", {"text_content": "a\x00b"}, "text_content", "unstorable_characters"),
        ("text", {"text_content": "\ud800"}, "text_content", "unstorable_characters"),
        ("video", "x", "payload", "not_an_object"),
        ("video", VIDEO | {"duration_seconds": "9"}, "payload.duration_seconds", "not_a_number"),
        ("video", VIDEO | {"duration_seconds": True}, "payload.duration_seconds", "not_a_number"),
        ("video", VIDEO | {"duration_seconds": -1}, "payload.duration_seconds", "out_of_range"),
        ("video", VIDEO | {"provider": "tape"}, "payload.provider", "unknown_choice"),
        ("video", VIDEO | {"captions": {}}, "payload.captions", "not_a_list"),
        ("video", VIDEO | {"captions": [CAPTION] * 51}, "payload.captions", "not_a_list"),
        ("video", VIDEO | {"captions": [CAPTION, 7]}, "payload.captions.1", "not_an_object"),
        ("video", VIDEO | {"captions": [CAPTION | {"url": "x"}]}, "payload.captions.0.url", "url_not_https"),
        ("video", VIDEO | {"captions": [{"language": "English"}]}, "payload.captions.0.language", "invalid_language"),
        ("video", VIDEO | {"captions": [CAPTION | {"language": 1}]}, "payload.captions.0.language", "invalid_language"),
        ("image", VIDEO, "payload.alt_text", "required"),
        ("url", VIDEO | {"html": "<b>"}, "payload.html", "unknown_entry"),
        ("embed", {"url": "https://evil.example/"}, "payload.url", "host_not_allowed"),
        ("embed", {"url": "https://notyoutube.com/"}, "payload.url", "host_not_allowed"),
        ("quiz", {"assessment_id": "7"}, "payload.assessment_id", "invalid_id"),
        ("quiz", {"assessment_id": ["7"]}, "payload.assessment_id", "invalid_id"),
        ("scorm", VIDEO | {"version": "3"}, "payload.version", "unknown_choice"),
        ("film", {}, "content_type", "unknown_content_type"),
    ],
)
def test_a_payload_that_does_not_fit_is_pointed_at(
    kind: str, payload: Any, field: str, code: str, in_school: Tenant
) -> None:
    with pytest.raises(InvalidPayload) as refused:
        clean_payload(kind, payload)

    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize("name", CONTENT_TYPES)
def test_examples_fit_their_types(name: str, in_school: Tenant) -> None:
    kind = CONTENT_TYPES[name]

    cleaned = clean_payload(name, kind.example)

    assert dict(kind.example).items() <= cleaned.items()
    assert kind.description


@pytest.mark.parametrize(
    ("url", "provider"),
    [("https://youtu.be/x", "youtube"), ("https://vimeo.com/1", "vimeo"), ("https://a.example/x.mp4", "file")],
)
def test_the_provider_of_a_video_follows_from_its_address(url: str, provider: str) -> None:
    assert clean_payload("video", {"url": url})["provider"] == provider
    assert clean_payload("video", {"url": url, "provider": "file"})["provider"] == "file"


def test_a_school_chooses_what_may_be_embedded(in_school: Tenant) -> None:
    change_settings(changes={"courses.embed_hosts": ["tube.example"]}, locks={}, by=None)

    assert clean_payload("embed", {"url": "https://eu.tube.example/1"}) == {"url": "https://eu.tube.example/1"}
    with pytest.raises(InvalidPayload):
        clean_payload("embed", {"url": "https://www.youtube.com/embed/1"})


def test_hosts_to_embed_must_be_host_names(in_school: Tenant) -> None:
    with pytest.raises(InvalidInput):
        change_settings(changes={"courses.embed_hosts": ["https://tube.example/"]}, locks={}, by=None)
