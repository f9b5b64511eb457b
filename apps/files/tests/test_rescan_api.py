"""Scanning a file again, through the API."""

from typing import Final

import pytest
from pytest_django import Settings

from apps.core.models import Delivery
from apps.files.choices import ScanState
from apps.files.models import Blob, File
from tests.fixtures import ClientOf

SCANNER: Final = "tcp://127.0.0.1:3310"


def url_of(file: File) -> str:
    return f"/api/files/{file.id}/rescan/"


@pytest.fixture
def failed(files: dict[str, File]) -> dict[str, File]:
    """Return files that the scanner could not read."""
    Blob.objects.update(scan_state=ScanState.ERROR)
    return files


@pytest.mark.parametrize(
    ("person", "kind", "status"),
    [
        ("learner", "own", 202),
        ("learner", "school", 403),
        ("learner", "others", 404),
        ("instructor", "staff", 202),
        ("admin", "others_loose", 202),
        ("principal", "school", 403),
        ("stranger", "school", 404),
    ],
)
def test_who_may_change_a_file_has_it_scanned_again(
    person: str,
    kind: str,
    status: int,
    failed: dict[str, File],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
    settings: Settings,
) -> None:
    settings.CLAMD_URL = SCANNER

    answer = as_user(request.getfixturevalue(person)).post(url_of(failed[kind]))

    is_asked = status == 202
    assert answer.status_code == status
    assert Blob.objects.filter(scan_state=ScanState.PENDING).count() == int(is_asked)
    assert Delivery.objects.filter(event__contains="scan").count() == int(is_asked)
    if is_asked:
        assert (answer.json()["id"], answer.json()["scan_state"]) == (str(failed[kind].id), "pending")


def test_what_is_in_quarantine_stays_there_meanwhile(
    files: dict[str, File], request: pytest.FixtureRequest, as_user: ClientOf, settings: Settings
) -> None:
    settings.CLAMD_URL = SCANNER
    Blob.objects.update(scan_state=ScanState.INFECTED)

    answer = as_user(request.getfixturevalue("admin")).post(url_of(files["school"]))

    assert (answer.status_code, answer.json()["scan_state"]) == (202, "infected")


def test_without_a_scanner_there_is_nothing_to_scan_with(
    failed: dict[str, File], request: pytest.FixtureRequest, as_user: ClientOf, settings: Settings
) -> None:
    settings.CLAMD_URL = ""

    answer = as_user(request.getfixturevalue("admin")).post(url_of(failed["school"]))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_scanner")
    assert not Blob.objects.exclude(scan_state=ScanState.ERROR).exists()
