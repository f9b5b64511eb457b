"""What every object store does alike: one class of tests, run over each of them.

A module that runs it gives the fixtures `store` and `send`.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.core.storage import Delivered, ObjectMissing, ObjectStore, SignedRequest

BODY = bytes(range(256)) * 40
PLAIN = Delivered("notes.txt", "text/plain")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


# Sends a signed request: with this body, and these headers instead of or besides those that belong to it.
Send = Callable[..., Answer]


@pytest.fixture
def key() -> str:
    return f"{uuid4()}/uploads/{uuid4()}"


def put(store: ObjectStore, key: str, body: bytes = BODY) -> SignedRequest:
    return store.sign_put(key, size=len(body), media_type="text/plain", seconds=60)


def content(store: ObjectStore, key: str) -> bytes:
    return b"".join(store.read(key))


def is_refused(answer: Answer) -> bool:
    return 400 <= answer.status < 500


class StoreContract:
    """The behaviour that the rest of the product relies on."""

    def test_bytes_go_up_and_down_by_signed_requests(self, store: ObjectStore, send: Send, key: str) -> None:
        uploaded = send(put(store, key), BODY)
        downloaded = send(store.sign_get(key, PLAIN, seconds=60))

        assert uploaded.status in {200, 201}
        assert (downloaded.status, downloaded.body) == (200, BODY)
        assert downloaded.headers["content-length"] == str(len(BODY))
        assert downloaded.headers["content-type"] == "text/plain"

    def test_a_signed_request_says_when_it_ends(self, store: ObjectStore, key: str) -> None:
        now = datetime.now(UTC)

        for signed in (put(store, key), store.sign_get(key, PLAIN, seconds=60)):
            assert now + timedelta(seconds=55) < signed.expires_at < now + timedelta(seconds=65)

    def test_a_range_of_a_download_works(self, store: ObjectStore, send: Send, key: str) -> None:
        store.write(key, [BODY], media_type="text/plain")

        answer = send(store.sign_get(key, PLAIN, seconds=60), headers={"Range": "bytes=10-19"})

        assert (answer.status, answer.body) == (206, BODY[10:20])
        assert answer.headers["content-range"] == f"bytes 10-19/{len(BODY)}"

    @pytest.mark.parametrize(
        ("delivered", "kind"),
        [
            (Delivered("Größe.pdf", "application/pdf"), "attachment"),
            (Delivered("Größe.pdf", "application/pdf", is_inline=True), "inline"),
            (Delivered("Größe.html", "text/html", is_inline=True), "attachment"),
            (Delivered("Größe.svg", "image/svg+xml", is_inline=True), "attachment"),
        ],
    )
    def test_a_download_has_its_name_and_only_harmless_types_are_shown(
        self, store: ObjectStore, send: Send, key: str, delivered: Delivered, kind: str
    ) -> None:
        store.write(key, [BODY], media_type=delivered.media_type)

        answer = send(store.sign_get(key, delivered, seconds=60))

        assert answer.headers["content-disposition"].startswith(f"{kind}; filename*=utf-8''Gr%C3%B6%C3%9Fe.")
        assert answer.headers["content-type"] == delivered.media_type

    def test_another_length_than_announced_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        longer = send(put(store, key), BODY + b"more")
        shorter = send(put(store, key), BODY[:-1])

        assert is_refused(longer)
        assert is_refused(shorter)
        assert store.stat(key) is None

    def test_a_changed_signature_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        upload, download = put(store, key), store.sign_get(key, PLAIN, seconds=60)

        refused = send(changed(upload), BODY)
        store.write(key, [BODY], media_type="text/plain")
        refused_too = send(changed(download))

        assert refused.status == refused_too.status == 403
        assert BODY not in refused_too.body

    def test_another_method_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        store.write(key, [BODY], media_type="text/plain")
        other = f"{key}0"

        overwritten = send(replace(store.sign_get(key, PLAIN, seconds=60), method="PUT"), b"x")
        removed = send(replace(store.sign_get(key, PLAIN, seconds=60), method="DELETE"))
        fetched = send(replace(put(store, key), method="GET"))

        assert [is_refused(answer) for answer in (overwritten, removed, fetched)] == [True] * 3
        assert content(store, key) == BODY
        assert store.stat(other) is None

    def test_an_expired_request_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.sign_put(key, size=len(BODY), media_type="text/plain", seconds=1)
        time.sleep(2.1)

        assert send(upload, BODY).status == 403
        assert store.stat(key) is None

    def test_what_is_uploaded_cannot_be_exchanged_by_the_same_request(
        self, store: ObjectStore, send: Send, key: str
    ) -> None:
        upload = put(store, key)
        send(upload, BODY)

        again = send(upload, BODY[::-1])

        assert is_refused(again)
        assert content(store, key) == BODY

    def test_a_file_comes_in_parts_and_is_resumed(self, store: ObjectStore, send: Send, key: str) -> None:
        first, second = b"1" * max(store.smallest_part, 10), b"2" * 7
        upload = store.start_multipart(key, media_type="text/plain")

        assert send(store.sign_part(key, upload, 1, size=len(first), seconds=60), first).status in {200, 201}
        arrived = store.parts(key, upload)
        assert [(part.number, part.size_bytes) for part in arrived] == [(1, len(first))]
        assert store.stat(key) is None
        assert send(store.sign_part(key, upload, 2, size=len(second), seconds=60), second).status in {200, 201}
        store.complete_multipart(key, upload, store.parts(key, upload))

        assert content(store, key) == first + second
        assert list(store.open_multiparts(key)) == []

    def test_a_part_sent_twice_counts_once_and_the_later_one(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.start_multipart(key, media_type="text/plain")
        for body in (b"first try", b"again, longer"):
            send(store.sign_part(key, upload, 1, size=len(body), seconds=60), body)

        store.complete_multipart(key, upload, store.parts(key, upload))

        assert content(store, key) == b"again, longer"

    def test_a_part_of_another_length_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.start_multipart(key, media_type="text/plain")

        answer = send(store.sign_part(key, upload, 1, size=10, seconds=60), b"eleven byte")

        assert is_refused(answer)
        assert list(store.parts(key, upload)) == []
        store.abort_multipart(key, upload)

    def test_an_upload_under_way_is_listed_and_can_be_given_up(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.start_multipart(key, media_type="text/plain")
        signed = store.sign_part(key, upload, 1, size=len(BODY), seconds=60)
        send(signed, BODY)
        (listed,) = store.open_multiparts(key.partition("/")[0] + "/")

        store.abort_multipart(key, upload)
        store.abort_multipart(key, upload)

        assert (listed.key, listed.multipart_id) == (key, upload)
        assert abs(listed.started_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert list(store.open_multiparts(key)) == []
        with pytest.raises(ObjectMissing):
            store.parts(key, upload)
        with pytest.raises(ObjectMissing):
            store.complete_multipart(key, upload, [])
        assert store.stat(key) is None

    def test_an_upload_that_has_ended_takes_no_more_parts(self, store: ObjectStore, send: Send, key: str) -> None:
        given_up, completed = key, f"{key}-completed"
        uploads = {each: store.start_multipart(each, media_type="text/plain") for each in (given_up, completed)}
        late = {each: store.sign_part(each, upload, 1, size=4, seconds=60) for each, upload in uploads.items()}
        send(late[completed], b"good")

        store.abort_multipart(given_up, uploads[given_up])
        store.complete_multipart(completed, uploads[completed], store.parts(completed, uploads[completed]))
        answers = [send(signed, b"evil") for signed in late.values()]

        self.check_late_parts(answers)
        assert store.stat(given_up) is None
        self.check_still_good(store, completed)
        for late_upload in list(store.open_multiparts(key)):
            store.abort_multipart(late_upload.key, late_upload.multipart_id)
        assert list(store.open_multiparts(key)) == []

    def check_late_parts(self, answers: list[Answer]) -> None:
        assert [is_refused(answer) for answer in answers] == [True, True]

    def check_still_good(self, store: ObjectStore, key: str) -> None:
        assert content(store, key) == b"good"

    def test_what_is_sealed_is_out_of_reach_of_late_parts(self, store: ObjectStore, send: Send, key: str) -> None:
        upload, into = store.start_multipart(key, media_type="text/plain"), f"{key}-sealed"
        late = store.sign_part(key, upload, 1, size=4, seconds=60)
        send(late, b"good")
        store.complete_multipart(key, upload, store.parts(key, upload))

        sealed = store.seal(key, into)
        send(late, b"evil")
        store.delete([each for each in (key,) if each != sealed])
        send(late, b"evil")

        assert sealed in {key, into}
        assert content(store, sealed) == b"good"
        assert [found.key for found in store.objects(key)] == [sealed]
        with pytest.raises(ObjectMissing):
            store.seal(f"{key}-never", into)
        for late_upload in list(store.open_multiparts(key)):
            store.abort_multipart(late_upload.key, late_upload.multipart_id)

    def test_what_the_server_writes_it_reads_again(self, store: ObjectStore, key: str) -> None:
        size = store.write(key, (BODY for _ in range(3)), media_type="text/plain")

        found = store.stat(key)
        assert size == 3 * len(BODY)
        assert found is not None
        assert (found.key, found.size_bytes) == (key, size)
        assert abs(found.modified_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert content(store, key) == BODY * 3
        assert b"".join(store.read(key, start=5, end=9)) == BODY[5:9]
        assert b"".join(store.read(key, start=size - 2)) == BODY[-2:]
        assert b"".join(store.read(key, start=5, end=5)) == b""
        assert b"".join(store.read(key, start=size)) == b""

    def test_an_empty_object_is_one(self, store: ObjectStore, send: Send, key: str) -> None:
        assert store.write(key, [], media_type="text/plain") == 0

        assert content(store, key) == b""
        assert send(store.sign_get(key, PLAIN, seconds=60)).body == b""

    def test_writing_again_replaces(self, store: ObjectStore, key: str) -> None:
        store.write(key, [b"before"], media_type="text/plain")

        store.write(key, [b"after"], media_type="text/plain")

        assert content(store, key) == b"after"

    def test_a_write_that_fails_leaves_nothing(self, store: ObjectStore, key: str) -> None:
        def failing() -> Iterator[bytes]:
            yield b"x" * 9 * 1024 * 1024
            raise RuntimeError

        with pytest.raises(RuntimeError):
            store.write(key, failing(), media_type="text/plain")

        assert store.stat(key) is None
        assert list(store.open_multiparts(key)) == []

    def test_what_is_not_there_is_said_to_be_missing(self, store: ObjectStore, send: Send, key: str) -> None:
        assert store.stat(key) is None
        with pytest.raises(ObjectMissing):
            store.read(key)
        assert send(store.sign_get(key, PLAIN, seconds=60)).status == 404

    def test_objects_are_listed_below_a_prefix(self, store: ObjectStore, key: str) -> None:
        tenant = key.partition("/")[0]
        keys = {f"{tenant}/uploads/{number}" for number in range(3)} | {f"{tenant}/variants/0"}
        for each in keys:
            store.write(each, [b"12345"], media_type="text/plain")

        assert {(found.key, found.size_bytes) for found in store.objects(f"{tenant}/")} == {(key, 5) for key in keys}
        assert [found.key for found in store.objects(f"{tenant}/variants/")] == [f"{tenant}/variants/0"]
        assert list(store.objects(f"{tenant}/nothing/")) == []

    def test_deleting_is_final_and_what_is_gone_is_fine(self, store: ObjectStore, send: Send, key: str) -> None:
        others = [f"{key}-{number}" for number in range(3)]
        for each in (key, *others):
            store.write(each, [BODY], media_type="text/plain")

        store.delete([key, others[0], f"{key}-never"])
        store.delete([key])
        store.delete([])

        assert store.stat(key) is None
        assert send(store.sign_get(key, PLAIN, seconds=60)).status == 404
        assert {found.key for found in store.objects(key)} == {others[1], others[2]}

    def test_a_working_store_passes_its_check(self, store: ObjectStore) -> None:
        store.check()


def changed(signed: SignedRequest) -> SignedRequest:
    """Return the request with one letter of its signature exchanged."""
    start = max(signed.url.find("X-Amz-Signature="), signed.url.find("&sig=")) + len("X-Amz-Signature=")
    position = start + 5 if start > len("X-Amz-Signature=") else len(signed.url) - 5
    letter = "0" if signed.url[position] != "0" else "1"
    return replace(signed, url=signed.url[:position] + letter + signed.url[position + 1 :])
