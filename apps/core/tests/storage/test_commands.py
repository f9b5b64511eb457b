"""`check_storage` and `allow_browser_uploads`."""

import threading
from collections.abc import Iterator, Sequence
from io import StringIO
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from pytest_django import Settings

from apps.core.storage import BrowserRulesUnsupported, ObjectMissing, StorageUnavailable
from apps.core.storage.local import LocalStore
from apps.core.tests.storage.local_fixtures import store

__all__ = ["store"]

STEPS = [
    *("answers", "writes and reads", "upload by signed URL", "uploaded bytes cannot be exchanged"),
    *("download by signed URL", "range of a download", "changed signature refused", "upload in parts"),
    "lists and deletes",
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def _server(settings: Settings) -> Iterator[None]:
    """Serve on a port of this machine, for the requests that are signed for it."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent) as server:
        settings.PUBLIC_BASE_URL = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def run(command: str) -> list[str]:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue().splitlines()


def failing(command: str) -> tuple[list[str], str]:
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command(command, stdout=out)
    return out.getvalue().splitlines(), str(failure.value)


@pytest.mark.usefixtures("_server")
def test_a_working_store_is_proven_step_by_step(store: LocalStore) -> None:
    lines = run("check_storage")

    assert lines == ["The store is: local", *[f"  {step}: ok" for step in STEPS]]
    assert list(store.objects("")) == []
    assert list(store.open_multiparts("")) == []


def test_without_its_server_the_signed_steps_fail(store: LocalStore, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"

    lines, message = failing("check_storage")

    assert "  writes and reads: ok" in lines
    assert lines[3].startswith("  upload by signed URL: failed, 127.0.0.1:1 cannot be reached: ")
    assert message.startswith("7 of the steps failed.")
    assert message.endswith("Is the server running, and at PUBLIC_BASE_URL (http://127.0.0.1:1)?")
    assert list(store.objects("")) == []
    assert list(store.open_multiparts("")) == []


@pytest.mark.usefixtures("_server")
def test_a_store_that_answers_something_else_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStore, "read", lambda *_args, **_kwargs: iter([b"something else"]))

    lines, _ = failing("check_storage")

    assert lines[2].startswith("  writes and reads: failed, read: b'something else' instead of b'A line")


@pytest.mark.parametrize(
    ("error", "problem"),
    [(StorageUnavailable("No disk."), "the store fails: No disk."), (ObjectMissing(), "what was stored is not there")],
)
@pytest.mark.usefixtures("_server")
def test_a_store_that_fails_is_said_to(monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(LocalStore, "write", fail)

    lines, _ = failing("check_storage")

    assert lines[2] == f"  writes and reads: failed, {problem}"


def test_browsers_are_let_in(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Sequence[str]] = []
    monkeypatch.setattr(LocalStore, "allow_browsers", lambda _self, origins: told.append(origins))

    lines = run("allow_browser_uploads")

    assert told == [["http://localhost:3000"]]
    assert lines == ["Pages of http://localhost:3000 may upload and download (store: local)."]


def test_no_origins_no_rules(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []

    assert "CORS_ALLOWED_ORIGINS is empty" in failing("allow_browser_uploads")[1]


@pytest.mark.parametrize(
    ("error", "printed", "said"),
    [
        (BrowserRulesUnsupported("the rules"), ["the rules"], "takes no CORS rules by its API"),
        (StorageUnavailable(), [], "does not answer"),
    ],
)
def test_a_store_that_takes_no_rules_is_said_to(
    monkeypatch: pytest.MonkeyPatch, error: Exception, printed: list[str], said: str
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(LocalStore, "allow_browsers", refuse)

    lines, message = failing("allow_browser_uploads")

    assert lines == printed
    assert said in message


@pytest.mark.usefixtures("_server")
def test_a_store_that_seals_by_copying_leaves_no_copy(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def seal(self: LocalStore, key: str, into: str) -> str:
        self.write(into, self.read(key), media_type="text/plain")
        return into

    monkeypatch.setattr(LocalStore, "seal", seal)

    lines = run("check_storage")

    assert [line for line in lines if "failed" in line] == []
    assert list(store.objects("")) == []


def test_only_the_local_store_is_asked_for_its_server(
    store: LocalStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    monkeypatch.setattr(LocalStore, "name", "s3")

    _, message = failing("check_storage")

    assert message.endswith("See docs/operations.md, 'Files and the object store'.")
