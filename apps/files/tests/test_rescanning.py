"""Scans on request: a second verdict, and nothing opens before it."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core.models import Tenant
from apps.files.choices import ScanState
from apps.files.events import ScanRequested
from apps.files.factories import BlobFactory, FileFactory, FileVersionFactory
from apps.files.models import Blob
from apps.files.scanning import Outcome, Verdict
from apps.files.scanning.clamd import Clamd
from apps.files.services.scanning import NoScanner, request_scans, rescan_file
from apps.files.tests.scanned import events, state_of, stored
from apps.users.models import User
from tests.files.clamd import FakeClamd

Capture = DjangoCaptureOnCommitCallbacks


def test_a_rescan_has_every_version_scanned_and_opens_nothing_before_the_verdict(
    in_school: Tenant, admin: User, server: FakeClamd, told: list[Any]
) -> None:
    file = stored(state=ScanState.ERROR)
    bad = BlobFactory.create(scan_state=ScanState.INFECTED)
    never = BlobFactory.create(scan_state=ScanState.NOT_SCANNED)
    for blob, number in ((bad, 2), (never, 3)):
        FileVersionFactory.create(file=file, blob=blob, number=number)

    rescan_file(file=file, by=admin)

    assert state_of(file) == ScanState.PENDING
    states = dict(Blob.objects.values_list("id", "scan_state"))
    assert (states[bad.id], states[never.id]) == (ScanState.INFECTED, ScanState.NOT_SCANNED)
    assert {event.blob_id for event in told} == {file.blob_id, bad.id, never.id}
    assert all(isinstance(event, ScanRequested) for event in told)


def test_nobody_closes_the_bytes_of_others_by_asking_for_a_scan_of_a_copy(
    in_school: Tenant, learner: User, server: FakeClamd, told: list[Any]
) -> None:
    video = stored(state=ScanState.NOT_SCANNED)
    copy = FileFactory.create(blob=video.blob, uploaded_by=learner)

    rescan_file(file=copy, by=learner)

    assert state_of(video) == ScanState.NOT_SCANNED
    assert {event.blob_id for event in told} == {video.blob_id}


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.CLEAN])
def test_what_is_too_large_by_now_keeps_its_verdict(
    state: ScanState,
    in_school: Tenant,
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
    server: FakeClamd,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    monkeypatch.setattr(Clamd, "scan", lambda _clamd, _chunks: Verdict(Outcome.TOO_LARGE))
    file = stored(state=state)

    with django_capture_on_commit_callbacks(execute=True):
        rescan_file(file=file, by=admin)

    assert state_of(file) == state


def test_a_false_alarm_ends_with_the_next_verdict(
    in_school: Tenant, admin: User, server: FakeClamd, django_capture_on_commit_callbacks: Capture
) -> None:
    file = stored(state=ScanState.INFECTED)

    with django_capture_on_commit_callbacks(execute=True):
        rescan_file(file=file, by=admin)

    assert state_of(file) == ScanState.CLEAN
    assert events("file.infected.v1") == []


def test_a_rescan_needs_a_scanner(in_school: Tenant, admin: User, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    file = stored(state=ScanState.ERROR)

    with pytest.raises(NoScanner):
        rescan_file(file=file, by=admin)
    with pytest.raises(NoScanner):
        request_scans(states=[ScanState.ERROR])

    assert state_of(file) == ScanState.ERROR


def test_all_that_failed_or_was_never_scanned_can_be_requested_in_batches(
    in_school: Tenant, server: FakeClamd, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.files.services.scanning._BATCH", 2)
    wanted = {stored(f"{n}".encode(), ScanState.NOT_SCANNED).blob_id for n in range(3)}
    stored(b"clean", ScanState.CLEAN)

    first, last = request_scans(states=[ScanState.NOT_SCANNED, ScanState.PENDING])
    second, end = request_scans(states=[ScanState.NOT_SCANNED, ScanState.PENDING], after=last)
    third = request_scans(states=[ScanState.NOT_SCANNED, ScanState.PENDING], after=end)

    assert (first, second, third) == (2, 1, (0, None))
    assert {event.blob_id for event in told} == wanted
