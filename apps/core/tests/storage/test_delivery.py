"""Downloads from `/storage/`: names, types, ranges, conditions, and nothing that runs."""

from dataclasses import replace

import pytest

from apps.core.storage import Delivered
from apps.core.storage.local import LocalStore
from apps.core.storage.ranges import RangeNotSatisfiable, range_of
from apps.core.tests.storage.contract import BODY, PLAIN, Send
from apps.core.tests.storage.local_fixtures import key, send, store

__all__ = ["key", "send", "store"]
SIZE = len(BODY)


@pytest.fixture
def stored(store: LocalStore, key: str) -> str:
    store.write(key, [BODY], media_type="text/plain")
    return key


def test_a_download_cannot_run_and_is_not_shared(store: LocalStore, send: Send, stored: str) -> None:
    answer = send(store.sign_get(stored, PLAIN, seconds=60))

    expected = {
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=0, must-revalidate",
        "content-disposition": 'attachment; filename="notes.txt"',
        "content-length": str(SIZE),
        "content-security-policy": "sandbox; default-src 'none'",
        "content-type": "text/plain",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }
    assert expected.items() <= answer.headers.items()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", 'attachment; filename="file"'),
        ('a"b.txt', 'attachment; filename="a\\"b.txt"'),
        ("a\r\nSet-Cookie: x=y", 'attachment; filename="a__Set-Cookie: x=y"'),
        ("../../etc/passwd", 'attachment; filename=".._.._etc_passwd"'),
        ("数学.pdf", "attachment; filename*=utf-8''%E6%95%B0%E5%AD%A6.pdf"),
    ],
)
def test_a_name_cannot_break_out_of_its_header(
    store: LocalStore, send: Send, stored: str, name: str, expected: str
) -> None:
    answer = send(store.sign_get(stored, Delivered(name, "text/plain"), seconds=60))

    assert answer.headers["content-disposition"] == expected
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("media_type", "is_shown", "sent"),
    [
        ("image/png", True, "image/png"),
        ("TEXT/PLAIN; charset=utf-8", True, "text/plain"),
        ("text/html", False, "text/html"),
        ("text/html; x=image/png", False, "text/html"),
        ("application/xhtml+xml", False, "application/xhtml+xml"),
        ("image/svg+xml", False, "image/svg+xml"),
        ("text/xml", False, "text/xml"),
        ("image/png\r\nX: y", False, "application/octet-stream"),
        ("nonsense", False, "application/octet-stream"),
    ],
)
def test_only_harmless_types_are_shown(
    store: LocalStore, send: Send, stored: str, media_type: str, is_shown: bool, sent: str
) -> None:
    answer = send(store.sign_get(stored, Delivered("a", media_type, is_inline=True), seconds=60))

    assert answer.headers["content-disposition"].partition(";")[0] == ("inline" if is_shown else "attachment")
    assert answer.headers["content-type"] == sent


def test_head_says_the_same_without_the_bytes(store: LocalStore, send: Send, stored: str) -> None:
    signed = store.sign_get(stored, PLAIN, seconds=60)

    whole, head = send(signed), send(replace(signed, method="HEAD"))

    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "x-request-id": ""} == {**whole.headers, "x-request-id": ""}


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=5-", 5, SIZE), ("bytes=-7", SIZE - 7, SIZE), ("bytes=9-99999999", 9, SIZE)],
)
def test_ranges(store: LocalStore, send: Send, stored: str, header: str, start: int, end: int) -> None:
    answer = send(store.sign_get(stored, PLAIN, seconds=60), headers={"Range": header})

    assert (answer.status, answer.body) == (206, BODY[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("header", ["", "bytes", "bytes=-", "bytes=5-4", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b"])
def test_ranges_that_make_no_sense_are_ignored(header: str) -> None:
    assert range_of(header, 10) is None


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)])
def test_ranges_beyond_the_end_are_refused(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable):
        range_of(header, size)


def test_a_resumed_download_goes_on_only_if_it_is_the_same_file(store: LocalStore, send: Send, stored: str) -> None:
    signed = store.sign_get(stored, PLAIN, seconds=60)
    first = send(signed)
    rest = {"Range": "bytes=5-"}

    for same in (first.headers["etag"], first.headers["last-modified"]):
        assert send(signed, headers=rest | {"If-Range": same}).body == BODY[5:]
    other = send(signed, headers=rest | {"If-Range": '"another"'})
    assert (other.status, other.body) == (200, BODY)


def test_what_the_client_has_is_not_sent_again(store: LocalStore, send: Send, stored: str) -> None:
    signed = store.sign_get(stored, PLAIN, seconds=60)
    first = send(signed)

    unchanged = send(signed, headers={"If-None-Match": first.headers["etag"]})

    assert (unchanged.status, unchanged.body) == (304, b"")


def test_nothing_is_compressed_on_the_way(store: LocalStore, send: Send, stored: str) -> None:
    answer = send(store.sign_get(stored, PLAIN, seconds=60), headers={"Accept-Encoding": "gzip"})

    assert answer.body == BODY
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(SIZE)
