"""What the S3 store sends, and how it takes what comes back: against the wire format, without a server of it."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from pytest_django import Settings

from apps.core.storage import (
    BrowserRulesUnsupported,
    Delivered,
    ObjectMissing,
    ObjectStore,
    OpenMultipart,
    StorageUnavailable,
    StoredObject,
    StoredPart,
)
from lms_backend.settings import stores
from tests.storage.conftest import configured
from tests.storage.wire import FakeStore, Told, fake_store

KEY = "0192-school/uploads/0193"
XML = {"Content-Type": "application/xml"}
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ISO = "2026-01-02T03:04:05.000Z"
HTTP_DATE = {"Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT"}


def error(status: int, code: str) -> Told:
    return Told(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), XML)


def xml(name: str, inner: str) -> Told:
    return Told(200, f"<{name}>{inner}</{name}>".encode(), XML)


STARTED = xml("InitiateMultipartUploadResult", "<UploadId>up</UploadId>")
COMPLETED = xml("CompleteMultipartUploadResult", "<ETag>x</ETag>")


@pytest.fixture
def fake() -> Iterator[FakeStore]:
    with fake_store() as fake:
        yield fake


@pytest.fixture
def store(fake: FakeStore) -> Iterator[ObjectStore]:
    with configured(bucket_at(fake.url)) as store:
        yield store


def bucket_at(endpoint_url: str) -> dict[str, object]:
    return stores.s3("media", access_key="id", secret_key="secret", region="eu-west-1", endpoint_url=endpoint_url)


def test_an_upload_is_signed_with_its_length_and_type_and_only_where_nothing_lies(store: ObjectStore) -> None:
    signed = store.sign_put(KEY, size=5, media_type="text/plain", seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert urlsplit(signed.url).path == f"/media/{KEY}"
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["60"]
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host;if-none-match"]
    assert (signed.method, signed.headers) == ("PUT", {"Content-Type": "text/plain", "If-None-Match": "*"})


def test_a_part_is_signed_with_its_length(store: ObjectStore) -> None:
    signed = store.sign_part(KEY, "up", 3, size=5, seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert (query["uploadId"], query["partNumber"]) == (["up"], ["3"])
    assert query["X-Amz-SignedHeaders"] == ["content-length;host"]


def test_a_download_says_how_it_is_presented(store: ObjectStore) -> None:
    signed = store.sign_get(KEY, Delivered("a.html", "text/html", is_inline=True), seconds=60)

    query = parse_qs(urlsplit(signed.url).query)
    assert query["response-content-disposition"] == ['attachment; filename="a.html"']
    assert query["response-content-type"] == ["text/html"]


def test_without_an_endpoint_the_host_is_that_of_the_bucket_in_its_region() -> None:
    with configured(bucket_at("")) as store:
        signed = store.sign_put(KEY, size=5, media_type="text/plain", seconds=60)

    assert urlsplit(signed.url).netloc == "media.s3.eu-west-1.amazonaws.com"


def test_clients_are_sent_to_the_public_endpoint_and_the_server_is_not(fake: FakeStore, settings: Settings) -> None:
    settings.AWS_S3_PUBLIC_ENDPOINT_URL = "https://objects.example.com"
    fake.will_answer(Told(200))

    with configured(bucket_at(fake.url)) as store:
        store.check()
        signed = store.sign_part(KEY, "up", 1, size=5, seconds=60)

    assert urlsplit(signed.url).netloc == "objects.example.com"
    assert fake.lines == ["HEAD /media"]


def test_an_upload_in_parts(fake: FakeStore, store: ObjectStore) -> None:
    part = "<Part><PartNumber>{0}</PartNumber><ETag>e{0}</ETag><Size>{1}</Size></Part>"
    first = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>" + part.format(1, 6)
    fake.will_answer(STARTED, xml("ListPartsResult", first), xml("ListPartsResult", part.format(2, 7)), COMPLETED)

    upload = store.start_multipart(KEY, media_type="text/plain")
    parts = store.parts(KEY, upload)
    store.complete_multipart(KEY, upload, parts)

    assert parts == [StoredPart(1, 6, "e1"), StoredPart(2, 7, "e2")]
    assert fake.asked[0].headers["content-type"] == "text/plain"
    assert "part-number-marker=1" in fake.asked[2].path
    assert b"<PartNumber>2</PartNumber><ETag>e2</ETag>" in fake.asked[3].body


FOUND = Told(200, headers={"Content-Type": "text/plain", **HTTP_DATE}, declared=7)
COPIED = xml("CopyPartResult", "<ETag>c</ETag>")


def test_sealing_copies_inside_of_the_store(
    fake: FakeStore, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.core.storage.s3.COPIED_AT_ONCE", 4)
    fake.will_answer(FOUND, STARTED, COPIED, COPIED, COMPLETED)

    sealed = store.seal(KEY, f"{KEY}-sealed")

    parts = fake.asked[2:4]
    assert sealed == f"{KEY}-sealed"
    assert {part.headers["x-amz-copy-source"] for part in parts} == {f"media/{KEY}"}
    assert [part.headers["x-amz-copy-source-range"] for part in parts] == ["bytes=0-3", "bytes=4-6"]
    assert all(f"{KEY}-sealed" in asked.path for asked in fake.asked[1:])
    assert b"<PartNumber>2</PartNumber>" in fake.asked[4].body


def test_a_copy_that_fails_is_given_up(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(FOUND, STARTED, error(409, "BrokenMPU"), Told(204))

    with pytest.raises(StorageUnavailable):
        store.seal(KEY, f"{KEY}-sealed")

    assert fake.lines[-1].startswith(f"DELETE /media/{KEY}-sealed?uploadId=up")


def test_an_upload_that_is_gone(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(*[error(404, "NoSuchUpload")] * 3)

    with pytest.raises(ObjectMissing):
        store.parts(KEY, "up")
    with pytest.raises(ObjectMissing):
        store.complete_multipart(KEY, "up", [StoredPart(1, 6, "e1")])
    store.abort_multipart(KEY, "up")


def test_uploads_under_way_are_listed(fake: FakeStore, store: ObjectStore) -> None:
    upload = f"<Upload><Key>{KEY}</Key><UploadId>up</UploadId><Initiated>{ISO}</Initiated></Upload>"
    fake.will_answer(xml("ListMultipartUploadsResult", upload))

    assert list(store.open_multiparts("0192-school/")) == [OpenMultipart(KEY, "up", WHEN)]
    assert "prefix=0192-school%2F" in fake.asked[0].path


def test_a_small_object_is_written_at_once(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200))

    assert store.write(KEY, [b"12", b"345"], media_type="text/plain") == 5

    assert [(asked.method, asked.body, asked.headers["content-type"]) for asked in fake.asked] == [
        ("PUT", b"12345", "text/plain")
    ]


def test_a_large_object_is_written_in_parts(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(STARTED, Told(200, headers={"ETag": "e1"}), Told(200, headers={"ETag": "e2"}), COMPLETED)

    assert store.write(KEY, (b"x" * 1024 * 1024 for _ in range(9)), media_type="text/plain") == 9 * 1024 * 1024

    assert [len(asked.body) for asked in fake.asked[1:3]] == [8 * 1024 * 1024, 1024 * 1024]
    assert b"<ETag>e1</ETag>" in fake.asked[3].body


@pytest.mark.parametrize("abort", [Told(204), error(403, "AccessDenied")])
def test_a_large_object_that_fails_is_given_up(fake: FakeStore, store: ObjectStore, abort: Told) -> None:
    fake.will_answer(STARTED, error(403, "AccessDenied"), abort)

    with pytest.raises(StorageUnavailable):
        store.write(KEY, [b"x" * 9 * 1024 * 1024], media_type="text/plain")

    assert fake.lines[-1].startswith("DELETE")


def test_bytes_are_read_by_range(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200, b"0123456789"), Told(206, b"23"), Told(206, b"89"), error(416, "InvalidRange"))

    assert b"".join(store.read(KEY)) == b"0123456789"
    assert b"".join(store.read(KEY, start=2, end=4)) == b"23"
    assert b"".join(store.read(KEY, start=8)) == b"89"
    assert b"".join(store.read(KEY, start=10)) == b""
    assert b"".join(store.read(KEY, start=4, end=4)) == b""

    ranges = [asked.headers.get("range") for asked in fake.asked]
    assert ranges == [None, "bytes=2-3", "bytes=8-", "bytes=10-"]


def test_an_answer_that_breaks_off_is_a_failure_and_no_shorter_file(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200, b"01234", declared=10))

    with pytest.raises(StorageUnavailable):
        list(store.read(KEY))


def test_what_the_store_knows_of_an_object(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200, headers={**HTTP_DATE, "Content-Length": "0"}), Told(404))

    assert store.stat(KEY) == StoredObject(KEY, 0, WHEN)
    assert store.stat(KEY) is None


def test_an_object_that_is_missing(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(error(404, "NoSuchKey"))

    with pytest.raises(ObjectMissing):
        store.read(KEY)


def test_objects_are_listed_page_by_page(fake: FakeStore, store: ObjectStore) -> None:
    entry = f"<Contents><Key>{KEY}</Key><Size>5</Size><LastModified>{ISO}</LastModified></Contents>"
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>"
    fake.will_answer(xml("ListBucketResult", entry + more), xml("ListBucketResult", entry))

    assert list(store.objects("0192-school/")) == [StoredObject(KEY, 5, WHEN)] * 2
    assert "continuation-token=next" in fake.asked[1].path


def test_a_thousand_are_deleted_at_once(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(xml("DeleteResult", ""), xml("DeleteResult", ""))

    store.delete([f"{KEY}-{number}" for number in range(1001)])

    assert [asked.body.count(b"<Object>") for asked in fake.asked] == [1000, 1]


def test_an_object_that_cannot_be_deleted_is_a_failure(fake: FakeStore, store: ObjectStore) -> None:
    refused = f"<Error><Key>{KEY}</Key><Code>AccessDenied</Code></Error>"
    fake.will_answer(xml("DeleteResult", refused))

    with pytest.raises(StorageUnavailable):
        store.delete([KEY])


@pytest.mark.parametrize("answer", [Told(404), Told(403)])
def test_a_bucket_that_is_not_ours_fails_the_check(fake: FakeStore, store: ObjectStore, answer: Told) -> None:
    fake.will_answer(answer)

    with pytest.raises(StorageUnavailable):
        store.check()


def test_browsers_are_let_in_by_rules_of_the_bucket(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(Told(200))

    store.allow_browsers(["https://app.example.com"])

    assert fake.lines == ["PUT /media?cors"]
    assert b"<AllowedOrigin>https://app.example.com</AllowedOrigin>" in fake.asked[0].body
    assert b"<ExposeHeader>ETag</ExposeHeader>" in fake.asked[0].body


def test_a_store_without_such_rules_has_them_told(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(error(501, "NotImplemented"), error(501, "NotImplemented"))

    with pytest.raises(BrowserRulesUnsupported) as refusal:
        store.allow_browsers(["https://app.example.com"])

    assert '"https://app.example.com"' in refusal.value.rules


def test_a_store_that_fails_once_is_asked_again(fake: FakeStore, store: ObjectStore) -> None:
    fake.will_answer(error(503, "SlowDown"), Told(200))

    store.check()

    assert len(fake.asked) == 2


def test_a_store_that_is_down_is_said_to_be_so_at_once() -> None:
    started = time.monotonic()

    with configured(bucket_at("http://127.0.0.1:1")) as store, pytest.raises(StorageUnavailable):
        store.stat(KEY)

    assert time.monotonic() - started < 5


def test_a_store_that_never_answers_is_waited_for_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "READ_SECONDS", 0.2)
    started = time.monotonic()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with configured(bucket_at(endpoint)) as store, pytest.raises(StorageUnavailable):
            store.check()

    assert time.monotonic() - started < 5


def test_the_client_waits_for_seconds_and_not_for_minutes() -> None:
    config = stores.s3("media")["OPTIONS"]["client_config"]

    assert isinstance(config, Config)
    assert (config.connect_timeout, config.read_timeout) == (3, 20)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
