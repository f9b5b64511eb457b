"""What the Azure store sends, and how it takes what comes back: against the wire format, without a server of it."""

import logging
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.core.storage import (
    Delivered,
    ObjectMissing,
    ObjectStore,
    OpenMultipart,
    StorageUnavailable,
    StoredObject,
    StoredPart,
    azure,
)
from lms_backend.settings import stores
from tests.storage.conftest import configured
from tests.storage.wire import FakeStore, Told, fake_store

KEY = "0192-school/uploads/0193"
BLOB = f"/account/media/{KEY}"
STAGED = f"/account/media/staging/{KEY}"
UPLOAD = "019b7ca98c88700080000000000000aa"  # its first 48 bits: 2026-01-02 03:04:05 UTC
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TIMES = {"Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT", "ETag": '"0x1"'}
FOUND = Told(200, headers={**TIMES, "Content-Length": "0", "x-ms-blob-type": "BlockBlob"})
CREATED = Told(201, headers=TIMES)
ACCEPTED = Told(202, headers=TIMES)


def error(status: int, code: str) -> Told:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return Told(status, body, {"Content-Type": "application/xml", "x-ms-error-code": code})


def blocks(*sizes: tuple[int, int], upload: str = UPLOAD) -> Told:
    listed = "".join(
        f"<Block><Name>{b64encode(f'{upload}{number:05}'.encode()).decode()}</Name><Size>{size}</Size></Block>"
        for number, size in sizes
    )
    body = (
        f"<?xml version='1.0'?><BlockList><CommittedBlocks/><UncommittedBlocks>{listed}</UncommittedBlocks></BlockList>"
    )
    return Told(200, body.encode(), {"Content-Type": "application/xml", **TIMES})


def listing(name: str) -> Told:
    properties = "<Last-Modified>Fri, 02 Jan 2026 03:04:05 GMT</Last-Modified><Content-Length>5</Content-Length>"
    properties += "<BlobType>BlockBlob</BlobType>"
    blob = f"<Blob><Name>{name}</Name><Properties>{properties}</Properties></Blob>"
    body = f"<?xml version='1.0'?><EnumerationResults><Blobs>{blob}</Blobs><NextMarker/></EnumerationResults>"
    return Told(200, body.encode(), {"Content-Type": "application/xml"})


def container_at(url: str) -> dict[str, Any]:
    key = b64encode(b"secret").decode()
    return stores.azure("media", connection_string=f"AccountName=account;AccountKey={key};BlobEndpoint={url}/account")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "azure")


@pytest.fixture
def fake() -> Iterator[FakeStore]:
    with fake_store() as fake:
        yield fake


@pytest.fixture
def store(fake: FakeStore) -> Iterator[ObjectStore]:
    with configured(container_at(fake.url)) as store:
        yield store


def test_an_upload_may_create_and_nothing_else(store: ObjectStore) -> None:
    signed = store.sign_put(KEY, size=5, media_type="text/plain", seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert urlsplit(signed.url).path == BLOB
    assert (query["sp"], query["sr"]) == (["c"], ["b"])
    assert datetime.fromisoformat(query["se"][0]) == signed.expires_at.replace(microsecond=0)
    assert signed.headers == {"Content-Type": "text/plain", "If-None-Match": "*", "x-ms-blob-type": "BlockBlob"}


def test_a_part_may_write_beside_the_object_only(store: ObjectStore) -> None:
    signed = store.sign_part(KEY, UPLOAD, 3, size=5, seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert urlsplit(signed.url).path == STAGED
    assert (query["sp"], query["comp"]) == (["w"], ["block"])
    assert query["blockid"] == [b64encode(f"{UPLOAD}00003".encode()).decode()]


def test_a_download_says_how_it_is_presented(store: ObjectStore) -> None:
    signed = store.sign_get(KEY, Delivered("a.html", "text/html", is_inline=True), seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert (query["sp"], query["rsct"], query["rscd"]) == (["r"], ["text/html"], ['attachment; filename="a.html"'])


def test_an_upload_begins_with_a_block_that_is_no_part(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(CREATED)

    upload = store.start_multipart(KEY, media_type="text/plain")

    assert fake.asked[0].path.startswith(f"{STAGED}?comp=block&blockid=")
    assert len(upload) == 32


def test_parts_are_the_blocks_of_the_upload(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(blocks((0, 1), (2, 7), (1, 6)), blocks((1, 6), upload="0" * 32), Told(404))

    assert store.parts(KEY, UPLOAD) == [StoredPart(1, 6, "1-6"), StoredPart(2, 7, "2-7")]
    for _ in range(2):
        with pytest.raises(ObjectMissing):
            store.parts(KEY, UPLOAD)


@pytest.mark.parametrize("at_once", [True, False])
def test_completing_commits_the_parts_and_copies_them_to_the_object(
    fake: FakeStore, store: ObjectStore, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setattr(azure, "POLL_SECONDS", 0.01)
    copy = {"x-ms-copy-id": "c", **TIMES}
    waiting = [
        Told(202, headers={**copy, "x-ms-copy-status": "pending"}),
        Told(200, headers={**copy, "x-ms-copy-status": "success", "x-ms-blob-type": "BlockBlob"}),
    ]
    done = [Told(202, headers={**copy, "x-ms-copy-status": "success"})]
    fake.will_answer(blocks((0, 1), (1, 6)), CREATED, *(done if at_once else waiting), ACCEPTED)

    store.complete_multipart(KEY, UPLOAD, [StoredPart(1, 6, "1-6")])

    paths = [f"{asked.method} {urlsplit(asked.path).path}" for asked in fake.asked]
    polled = [] if at_once else [f"HEAD {BLOB}"]
    assert paths == [f"GET {STAGED}", f"PUT {STAGED}", f"PUT {BLOB}", *polled, f"DELETE {STAGED}"]
    assert fake.asked[1].body.count(b"<Latest>") == 1
    assert fake.asked[2].headers["x-ms-copy-source"].endswith(STAGED)


def test_a_copy_that_fails_leaves_the_upload_to_be_tried_again(fake: FakeStore, store: ObjectStore) -> None:
    failed = Told(202, headers={"x-ms-copy-id": "c", "x-ms-copy-status": "failed", **TIMES})
    fake.will_answer(blocks((0, 1), (1, 6)), CREATED, failed)

    with pytest.raises(StorageUnavailable):
        store.complete_multipart(KEY, UPLOAD, [StoredPart(1, 6, "1-6")])

    assert not any(line.startswith("DELETE") for line in fake.lines)


def test_parts_that_did_not_arrive_complete_nothing(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(blocks((0, 1), (1, 6)))

    with pytest.raises(ObjectMissing):
        store.complete_multipart(KEY, UPLOAD, [StoredPart(2, 6, "2-6")])

    assert len(fake.asked) == 1


def test_giving_up_removes_the_blocks(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(blocks((0, 1), (1, 6)), CREATED, ACCEPTED, Told(404))

    store.abort_multipart(KEY, UPLOAD)
    store.abort_multipart(KEY, UPLOAD)

    assert [asked.method for asked in fake.asked] == ["GET", "PUT", "DELETE", "GET"]
    assert fake.asked[1].headers["content-length"] == "0"


def test_uploads_under_way_are_listed(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(listing(f"staging/{KEY}"), blocks((0, 1), (1, 6)))

    assert list(store.open_multiparts("0192-school/")) == [OpenMultipart(KEY, UPLOAD, WHEN)]
    assert parse_qs(urlsplit(fake.asked[0].path).query)["prefix"] == ["staging/0192-school/"]


def test_what_was_put_whole_where_blocks_belong_is_found_and_removed(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(listing(f"staging/{KEY}"), blocks(), blocks(), CREATED, ACCEPTED)

    (found,) = store.open_multiparts("0192-school/")
    store.abort_multipart(found.key, found.multipart_id)

    assert found == OpenMultipart(KEY, "", WHEN)
    assert [asked.method for asked in fake.asked] == ["GET", "GET", "GET", "PUT", "DELETE"]
    assert urlsplit(fake.asked[4].path).path == STAGED


def test_an_object_is_written_in_blocks(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(CREATED, CREATED, CREATED)

    assert store.write(KEY, (b"x" * 1024 * 1024 for _ in range(9)), media_type="text/plain") == 9 * 1024 * 1024

    assert [len(asked.body) for asked in fake.asked[:2]] == [8 * 1024 * 1024, 1024 * 1024]
    assert fake.asked[2].body.count(b"<Latest>") == 2
    assert fake.asked[2].headers["x-ms-blob-content-type"] == "text/plain"


def test_bytes_are_read_by_range(fake: FakeStore, store: ObjectStore) -> None:
    whole = Told(206, b"0123456789", {**TIMES, "Content-Range": "bytes 0-9/10"})
    part = Told(206, b"23", {**TIMES, "Content-Range": "bytes 2-3/10"})
    rest = Told(206, b"89", {**TIMES, "Content-Range": "bytes 8-9/10"})
    fake.will_answer(whole, part, rest, error(416, "InvalidRange"))

    assert b"".join(store.read(KEY)) == b"0123456789"
    assert b"".join(store.read(KEY, start=2, end=4)) == b"23"
    assert b"".join(store.read(KEY, start=8)) == b"89"
    assert b"".join(store.read(KEY, start=10)) == b""
    assert b"".join(store.read(KEY, start=4, end=4)) == b""

    ranges = [asked.headers["x-ms-range"] for asked in fake.asked]
    assert ranges[1] == "bytes=2-3"
    assert ranges[2].startswith("bytes=8-")


def test_what_the_store_knows_of_an_object(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(FOUND, Told(404, headers={"x-ms-error-code": "BlobNotFound"}))

    assert store.stat(KEY) == StoredObject(KEY, 0, WHEN)
    assert store.stat(KEY) is None


def test_objects_are_listed(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(listing(KEY))

    assert list(store.objects("0192-school/")) == [StoredObject(KEY, 5, WHEN)]


def test_objects_are_deleted_and_those_that_are_gone_are_fine(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(ACCEPTED, error(404, "BlobNotFound"))

    store.delete([KEY, f"{KEY}-gone"])

    assert [asked.method for asked in fake.asked] == ["DELETE", "DELETE"]


@pytest.mark.parametrize("answer", [error(404, "ContainerNotFound"), error(404, "Other"), error(403, "Forbidden")])
def test_a_container_that_is_not_ours_fails_the_check(fake: FakeStore, store: ObjectStore, answer: Told) -> None:
    fake.will_answer(answer)

    with pytest.raises(StorageUnavailable):
        store.check()


def test_a_container_of_ours_passes_it(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200, headers=TIMES))

    store.check()

    assert fake.lines == ["GET /account/media?restype=container"]


def test_browsers_are_let_in_by_rules_of_the_account(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(202))

    store.allow_browsers(["https://app.example.com"])

    assert fake.lines == ["PUT /account/?restype=service&comp=properties"]
    assert b"<AllowedOrigins>https://app.example.com</AllowedOrigins>" in fake.asked[0].body


def test_a_store_that_is_down_is_said_to_be_so_soon() -> None:
    started = time.monotonic()

    with configured(container_at("http://127.0.0.1:1")) as store, pytest.raises(StorageUnavailable):
        store.stat(KEY)

    assert time.monotonic() - started < 5


def test_what_is_complete_is_sealed_already(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(FOUND, error(404, "BlobNotFound"))

    assert store.seal(KEY, f"{KEY}-sealed") == KEY
    with pytest.raises(ObjectMissing):
        store.seal(KEY, f"{KEY}-sealed")
