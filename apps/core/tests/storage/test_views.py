"""`/storage/<token>`: what is refused and how, what the answers carry, and that nothing is held in memory."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from apps.core.storage import Delivered, StorageUnavailable
from apps.core.storage import views as storage_views
from apps.core.storage.local import LocalStore
from apps.core.tests.storage.contract import BODY, PLAIN, Answer, Send, content, put
from apps.core.tests.storage.local_fixtures import key, send, store

__all__ = ["key", "send", "store"]
SIZE = len(BODY)


@pytest.fixture
def stored(store: LocalStore, key: str) -> str:
    store.write(key, [BODY], media_type="text/plain")
    return key


def problem(answer: Answer) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, json.loads(answer.body)["code"]


def test_each_refusal_of_an_upload_has_its_code(store: LocalStore, send: Send, key: str) -> None:
    upload = store.start_multipart(key, media_type="text/plain")
    part = store.sign_part(key, upload, 1, size=SIZE, seconds=60)
    late = store.sign_put(key, size=SIZE, media_type="text/plain", seconds=-1)
    signed = put(store, key)

    assert problem(send(replace(signed, url=signed.url[:-1]), BODY)) == (403, "signature_invalid")
    assert problem(send(late, BODY)) == (403, "signature_expired")
    assert problem(send(replace(signed, method="GET"))) == (403, "method_not_signed")
    assert problem(send(signed, BODY + b"x")) == (400, "length_mismatch")
    assert problem(send(part, BODY[1:])) == (400, "length_mismatch")
    assert problem(send(signed, BODY, {"Content-Type": "text/html"})) == (400, "media_type_mismatch")
    assert store.stat(key) is None
    assert store.parts(key, upload) == []
    store.abort_multipart(key, upload)
    assert problem(send(part, BODY)) == (404, "upload_missing")
    assert send(signed, BODY).status == 200
    assert problem(send(signed, BODY)) == (412, "already_uploaded")


def test_each_refusal_of_a_download_has_its_code(store: LocalStore, send: Send, stored: str) -> None:
    signed = store.sign_get(stored, PLAIN, seconds=60)

    beyond = send(signed, headers={"Range": f"bytes={SIZE}-"})
    assert problem(beyond) == (416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{SIZE}"
    assert problem(send(replace(signed, method="PUT"), BODY)) == (403, "method_not_signed")
    store.delete([stored])
    assert problem(send(signed)) == (404, "object_missing")


@pytest.mark.parametrize(
    "environ",
    [{"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "٣"}, {"HTTP_TRANSFER_ENCODING": "chunked"}],
)
def test_an_upload_without_its_length_is_refused(store: LocalStore, key: str, environ: dict[str, Any]) -> None:
    path = put(store, key).url.partition("8000")[2]

    response = Client().generic("PUT", path, BODY, content_type="text/plain", **environ)

    assert (response.status_code, response.json()["code"]) == (411, "length_required")
    assert store.stat(key) is None


class Gone(BytesIO):
    """A connection that the client has cut."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError


@pytest.mark.parametrize("body", [BytesIO(BODY[: SIZE // 2]), Gone()])
def test_a_body_that_breaks_off_is_refused_and_removed(store: LocalStore, key: str, body: BytesIO) -> None:
    path = put(store, key).url.partition("8000")[2]
    request = RequestFactory().generic("PUT", path, b"", content_type="text/plain")
    request.META |= {"CONTENT_LENGTH": str(SIZE), "CONTENT_TYPE": "text/plain"}
    request._stream = body

    response = storage_views.signed_request(request, path.rpartition("/")[2])

    assert isinstance(response, HttpResponse)
    assert (response.status_code, json.loads(response.content)["code"]) == (400, "length_mismatch")
    assert store.stat(key) is None
    assert list(store.open_multiparts(key)) == []


def test_a_failing_disk_answers_503(store: LocalStore, send: Send, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(LocalStore, "receive", fail)

    assert problem(send(put(store, key), BODY)) == (503, "storage_unavailable")


def test_an_upload_needs_neither_login_nor_school_nor_csrf_token(store: LocalStore, key: str) -> None:
    path = put(store, key).url.partition("8000")[2]
    client = Client(enforce_csrf_checks=True)

    response = client.put(path, BODY, content_type="text/plain", headers={"X-Tenant-Slug": "nobody"})

    assert response.status_code == 200
    assert content(store, key) == BODY


def test_a_part_is_answered_with_its_tag(store: LocalStore, send: Send, key: str) -> None:
    upload = store.start_multipart(key, media_type="text/plain")

    answer = send(store.sign_part(key, upload, 1, size=SIZE, seconds=60), BODY)

    (part,) = store.parts(key, upload)
    assert answer.headers["etag"] == part.etag


def test_pages_of_the_allowed_origins_may_upload_and_resume(store: LocalStore, key: str) -> None:
    signed = put(store, key)
    path = signed.url.partition("8000")[2]
    origin = {"Origin": "http://localhost:3000"}
    wanted = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match,range,if-range",
    }

    preflight = Client().options(path, headers=origin | wanted)
    answer = Client().put(path, BODY, content_type="text/plain", headers=origin | {"If-None-Match": "*"})
    stranger = Client().options(path, headers=wanted | {"Origin": "https://evil.example"})

    assert preflight.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    allowed = {name.strip() for name in preflight.headers["access-control-allow-headers"].split(",")}
    assert {"content-type", "if-none-match", "range", "if-range"} <= allowed
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in stranger.headers


def test_other_methods_are_named(store: LocalStore, key: str) -> None:
    path = put(store, key).url.partition("8000")[2]

    deleted, options = Client().delete(path), Client().options(path)

    assert (deleted.status_code, deleted.json()["code"]) == (405, "method_not_allowed")
    assert deleted.headers["Allow"] == options.headers["Allow"] == "GET, HEAD, OPTIONS, PUT"
    assert options.status_code == 204


def test_tokens_of_the_disk_are_nothing_to_another_store(
    store: LocalStore, send: Send, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = put(store, key)
    monkeypatch.setattr(storage_views, "object_store", object)

    assert problem(send(signed, BODY)) == (403, "signature_invalid")


class Zeros:
    """A body that is never all there."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)

    readline = read


@pytest.fixture
def application(settings: Settings) -> WSGIHandler:
    return get_wsgi_application()


def call(application: WSGIHandler, method: str, path: str, **environ: Any) -> tuple[str, Iterator[bytes], Any]:
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes

    base = RequestFactory().generic(method, path).environ
    response = application(base | environ, start_response)
    return statuses[0], iter(response), response


@pytest.mark.django_db  # the end of a request, as servers have it, looks after connections
def test_neither_way_holds_more_than_a_few_chunks(store: LocalStore, key: str, application: WSGIHandler) -> None:
    size = 40 * 1024 * 1024
    upload = store.sign_put(key, size=size, media_type="video/mp4", seconds=60).url.partition("8000")[2]
    download = store.sign_get(key, Delivered("a.mp4", "video/mp4"), seconds=60).url.partition("8000")[2]
    call(application, "GET", "/storage/nothing")[2].close()  # loads the URLs of all apps
    tracemalloc.start()
    try:
        uploaded, body, response = call(
            application,
            "PUT",
            upload,
            CONTENT_LENGTH=str(size),
            CONTENT_TYPE="video/mp4",
            **{"wsgi.input": Zeros(size)},
        )
        response.close()
        downloaded, body, response = call(application, "GET", download, HTTP_ACCEPT_ENCODING="gzip")
        received = sum(len(chunk) for chunk in body)
        response.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (uploaded, downloaded, received) == ("200 OK", "200 OK", size)
    assert peak < 8 * 1024 * 1024


def test_two_uploads_at_once_store_one_object(
    store: LocalStore, send: Send, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = store.sign_put(stored, size=SIZE, media_type="text/plain", seconds=60)
    monkeypatch.setattr(LocalStore, "stat", lambda *_arguments: None)  # the other one came in after the look

    assert problem(send(signed, BODY)) == (412, "already_uploaded")
