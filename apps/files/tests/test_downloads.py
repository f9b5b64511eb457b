"""Downloads: who gets an address, for which version, in which form, and when the scanner says no."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.core.events import registry
from apps.core.events.registry import Handler
from apps.core.models import Delivery, Tenant
from apps.core.services import change_settings
from apps.files import uses
from apps.files.choices import ScanState, Visibility
from apps.files.events import FileDownloaded
from apps.files.factories import BlobFactory, FileFactory, FileVersionFactory, FolderFactory
from apps.files.models import File
from apps.files.tests.helpers import Courses, use_of
from apps.users.factories import client_of
from apps.users.models import User
from tests.fixtures import ClientOf

URL: Final = "/api/files/"
BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def url_of(file: File) -> str:
    return f"{URL}{file.id}/download/"


def fetch(address: str) -> tuple[Any, bytes]:
    """Fetch a signed address as anybody would: without a token."""
    parts = urlsplit(address)
    response: Any = client_of(None).get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


@pytest.fixture
def deliveries(in_school: Tenant, monkeypatch: pytest.MonkeyPatch) -> QuerySet[Delivery]:
    """Let an app listen to downloads; return what the outbox holds for it."""
    handler = Handler(name="tests.count_download", event_type=FileDownloaded, run=lambda _event: None)
    monkeypatch.setitem(registry._handlers, handler.name, handler)
    return Delivery.objects.filter(event=FileDownloaded.name)


@pytest.fixture
def file(in_school: Tenant) -> File:
    """Return a stored file of the school."""
    return FileFactory.create(
        name="notes.txt", folder=FolderFactory.create(), content=b"The first version.", stored=True
    )


def test_a_download_is_a_signed_address_that_needs_no_token(file: File, learner: User, as_user: ClientOf) -> None:
    before = timezone.now()

    answer = as_user(learner).get(url_of(file))

    body = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert body == {
        "url": body["url"],
        "expires_at": body["expires_at"],
        "file_name": "notes.txt",
        "media_type": "text/plain",
        "size_bytes": 18,
        "is_inline": False,
    }
    assert 240 < (datetime.fromisoformat(body["expires_at"]) - before).total_seconds() <= 301
    response, content = fetch(body["url"])
    assert (response.status_code, content) == (200, b"The first version.")
    assert response["Content-Disposition"].startswith("attachment")


def test_an_address_that_was_changed_opens_nothing(file: File, learner: User, as_user: ClientOf) -> None:
    address = as_user(learner).get(url_of(file)).json()["url"]
    middle = len(address) - 12
    altered = f"{address[:middle]}{'A' if address[middle] != 'A' else 'B'}{address[middle + 1 :]}"

    assert fetch(altered)[0].status_code in {403, 404}


@pytest.mark.parametrize(
    ("kind", "seen_by"),
    [
        ("school", {"learner", "instructor", "principal", "admin"}),
        ("staff", {"instructor", "principal", "admin"}),
        ("own", {"learner", "principal", "admin"}),
        ("others", {"principal", "admin"}),
        ("own_loose", {"learner", "principal", "admin"}),
        ("others_loose", {"principal", "admin"}),
    ],
)
def test_each_downloads_what_they_find(
    kind: str,
    seen_by: set[str],
    files: dict[str, File],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
    deliveries: QuerySet[Delivery],
) -> None:
    people = ["learner", "instructor", "principal", "admin", "stranger"]

    answers = {
        person: as_user(request.getfixturevalue(person)).get(url_of(files[kind])).status_code for person in people
    }

    assert answers == {person: 200 if person in seen_by else 404 for person in people}
    assert deliveries.count() == len(seen_by)


def test_nobody_downloads_without_logging_in(file: File, as_user: ClientOf) -> None:
    assert as_user(None).get(url_of(file)).status_code == 401


def test_a_use_opens_a_closed_file_and_its_end_closes_it(
    files: dict[str, File], learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(learner)
    monkeypatch.setattr(uses, "_providers", [Courses(use_of(files["staff"]))])
    opened = client.get(url_of(files["staff"])).status_code
    closed = client.get(url_of(files["others"])).status_code
    monkeypatch.setattr(uses, "_providers", [Courses()])

    assert (opened, closed, client.get(url_of(files["staff"])).status_code) == (200, 404, 404)


@pytest.mark.parametrize(
    ("accept", "is_sent_on"),
    [
        (None, False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/plain, */*", False),
        ("application/json, text/html;q=0.9", False),
        ("image/avif,image/webp,*/*;q=0.8", False),
        ("image/png", False),
        ("q=" + "x" * 20_000, False),
        ("text/html; q*=nothing''1", False),
        ("text/html", True),
        ("application/octet-stream", True),
        (BROWSER, True),
    ],
)
def test_who_prefers_a_page_or_bytes_is_sent_on(
    accept: str | None, is_sent_on: bool, file: File, learner: User, as_user: ClientOf
) -> None:
    headers = {"Accept": accept} if accept else {}

    answer = as_user(learner).get(url_of(file), headers=headers)

    assert answer.status_code == (302 if is_sent_on else 200)
    address = answer["Location"] if is_sent_on else answer.json()["url"]
    assert answer["Cache-Control"] == "no-store"
    assert fetch(address)[1] == b"The first version."


def test_an_older_version_is_downloaded_by_its_number(file: File, instructor: User, as_user: ClientOf) -> None:
    newer = FileVersionFactory.create(
        file=file, name="notes (new).txt", blob=BlobFactory.create(content=b"The second.", stored=True)
    )
    client = as_user(instructor)

    second = client.get(url_of(file), {"version": "2"}).json()
    first = client.get(url_of(file), {"version": "1"}).json()
    current = client.get(url_of(file)).json()
    missing = client.get(url_of(file), {"version": "3"})

    assert (second["file_name"], second["size_bytes"]) == (newer.name, 11)
    assert fetch(second["url"])[1] == b"The second."
    assert first["file_name"] == current["file_name"] == "notes.txt"
    assert missing.status_code == 404


@pytest.mark.parametrize(("person", "status"), [("learner", 404), ("instructor", 200), ("principal", 200)])
def test_what_was_replaced_is_for_who_may_list_the_versions(
    person: str, status: int, file: File, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    FileVersionFactory.create(file=file, number=2, blob=BlobFactory.create(content=b"With answers", stored=True))
    client = as_user(request.getfixturevalue(person))

    old = client.get(url_of(file), {"version": "2"})
    current = client.get(url_of(file), {"version": "1"})

    assert (old.status_code, current.status_code) == (status, 200)


def test_a_course_opens_the_current_version_alone(
    in_school: Tenant, learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(visibility=Visibility.STAFF), stored=True)
    FileVersionFactory.create(file=file, number=2, blob=BlobFactory.create(stored=True))
    monkeypatch.setattr(uses, "_providers", [Courses(use_of(file))])
    client = as_user(learner)

    old, current = client.get(url_of(file), {"version": "2"}), client.get(url_of(file))

    assert (old.status_code, current.status_code) == (404, 200)


@pytest.mark.parametrize("query", [{"version": "0"}, {"version": "latest"}, {"version": str(2**40)}, {"inline": "x"}])
def test_a_query_that_means_nothing_is_refused(
    query: dict[str, str], file: File, learner: User, as_user: ClientOf
) -> None:
    answer = as_user(learner).get(url_of(file), query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(query))


@pytest.mark.parametrize(
    ("media_type", "is_inline"),
    [("image/png", True), ("application/pdf", True), ("text/html", False), ("image/svg+xml", False),
     ("application/xml", False), ("application/zip", False)],
)  # fmt: skip
def test_only_what_cannot_run_as_a_page_is_shown_inline(
    media_type: str, is_inline: bool, in_school: Tenant, learner: User, as_user: ClientOf
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), media_type=media_type, stored=True)

    body = as_user(learner).get(url_of(file), {"inline": "true"}).json()
    response, _ = fetch(body["url"])

    assert body["is_inline"] is is_inline
    assert response["Content-Disposition"].startswith("inline" if is_inline else "attachment")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ScanState.CLEAN, None),
        (ScanState.NOT_SCANNED, None),
        (ScanState.PENDING, "scan_pending"),
        (ScanState.INFECTED, "file_infected"),
        (ScanState.ERROR, "scan_failed"),
    ],
)
@pytest.mark.parametrize("person", ["learner", "admin"])
def test_the_scanner_has_the_last_word(
    state: str,
    code: str | None,
    person: str,
    in_school: Tenant,
    settings: Settings,
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    file = FileFactory.create(folder=FolderFactory.create(), scan_state=state)

    answer = as_user(request.getfixturevalue(person)).get(url_of(file))

    assert (answer.status_code, answer.json().get("code")) == ((409, code) if code else (200, None))
    assert ("url" in answer.json()) is (code is None)


@pytest.mark.parametrize("state", [ScanState.NOT_SCANNED, ScanState.PENDING])
def test_without_a_scanner_files_open(state: str, in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), scan_state=state)

    assert as_user(learner).get(url_of(file)).status_code == 200


@pytest.mark.parametrize("state", [ScanState.NOT_SCANNED, ScanState.PENDING])
def test_without_a_scanner_the_school_may_hold_files_back(
    state: str, in_school: Tenant, learner: User, admin: User, as_user: ClientOf
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), scan_state=state)
    change_settings(changes={"files.without_scanner": "hold"}, locks={}, by=admin)

    answer = as_user(learner).get(url_of(file))

    assert (answer.status_code, answer.json()["code"]) == (409, "scan_pending")
    assert "files.without_scanner" in answer.json()["detail"]  # nobody waits for a scanner that does not come


def test_an_old_version_in_quarantine_stays_there(file: File, instructor: User, as_user: ClientOf) -> None:
    FileVersionFactory.create(file=file, number=2, blob=BlobFactory.create(scan_state=ScanState.INFECTED))

    answer = as_user(instructor).get(url_of(file), {"version": "2"})

    assert (answer.status_code, answer.json()["code"]) == (409, "file_infected")


def test_a_download_is_told(file: File, learner: User, as_user: ClientOf, deliveries: QuerySet[Delivery]) -> None:
    as_user(learner).get(url_of(file))

    (delivery,) = deliveries
    assert delivery.payload == {"file_id": str(file.id), "version_number": 1, "actor_id": str(learner.id)}


def test_what_was_refused_is_not_told(
    in_school: Tenant, learner: User, as_user: ClientOf, deliveries: QuerySet[Delivery]
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), scan_state=ScanState.INFECTED)

    as_user(learner).get(url_of(file))

    assert not deliveries.exists()


def test_a_download_takes_few_statements(
    file: File, learner: User, as_user: ClientOf, deliveries: QuerySet[Delivery]
) -> None:
    client = as_user(learner)
    client.get(url_of(file))

    with CaptureQueriesContext(connection) as queries:
        client.get(url_of(file))

    statements = [query["sql"].split()[0] for query in queries]
    assert statements.count("INSERT") == 1
    assert len([word for word in statements if word in {"SELECT", "INSERT", "UPDATE"}]) <= 4
