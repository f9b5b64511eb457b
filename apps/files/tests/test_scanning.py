"""What follows from a scan: for the bytes, for every file that has them, and for who uploaded them."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core.choices import DeliveryState
from apps.core.events import emit
from apps.core.events.outbox import retry_due_deliveries
from apps.core.models import Delivery, Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.events import BlobScanned, BlobStored, FileInfected
from apps.files.factories import BlobFactory, FileFactory, FileVersionFactory
from apps.files.models import Blob
from apps.files.scanning import ScannerUnavailable, Verdict
from apps.files.scanning.clamd import Clamd
from apps.files.services.scanning import scan_blob
from apps.files.tests.scanned import events, state_of, stored
from apps.users.choices import AccountStatus
from apps.users.models import User
from tests.files import clamd
from tests.files.clamd import EICAR, FakeClamd

Capture = DjangoCaptureOnCommitCallbacks


def test_clean_bytes_become_clean(in_school: Tenant, server: FakeClamd, told: list[Any]) -> None:
    file = stored()

    scan_blob(blob_id=file.blob_id)

    blob = Blob.objects.get(id=file.blob_id)
    assert (blob.scan_state, blob.scan_finding) == (ScanState.CLEAN, "")
    assert blob.scanned_at is not None
    assert server.scanned == [b"harmless"]
    assert told == [BlobScanned(blob_id=blob.id, state="clean")]


def test_malware_shuts_every_file_and_version_that_has_the_bytes(
    in_school: Tenant, learner: User, instructor: User, server: FakeClamd, told: list[Any]
) -> None:
    first = stored(EICAR, uploaded_by=learner)
    second = FileFactory.create(blob=first.blob, uploaded_by=instructor)
    older = FileFactory.create(uploaded_by=learner)
    FileVersionFactory.create(file=older, blob=first.blob)
    innocent = FileFactory.create(uploaded_by=learner)

    scan_blob(blob_id=first.blob_id)

    assert state_of(first) == state_of(second) == ScanState.INFECTED
    assert Blob.objects.get(id=first.blob_id).scan_finding == "Eicar-Signature"
    infected = [event for event in told if isinstance(event, FileInfected)]
    assert {(event.file_id, event.uploaded_by_id, event.finding) for event in infected} == {
        (first.id, learner.id, "Eicar-Signature"),
        (second.id, instructor.id, "Eicar-Signature"),
        (older.id, learner.id, "Eicar-Signature"),
    }
    assert len(infected) == 3
    assert state_of(innocent) == ScanState.CLEAN


def test_a_finding_that_is_known_is_told_once(in_school: Tenant, server: FakeClamd, told: list[Any]) -> None:
    file = stored(EICAR)

    scan_blob(blob_id=file.blob_id)
    scan_blob(blob_id=file.blob_id)

    assert len([event for event in told if isinstance(event, FileInfected)]) == 1


def test_without_a_scanner_bytes_are_not_scanned(in_school: Tenant, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    waiting, clean = stored(), stored(b"clean", ScanState.CLEAN)
    infected = stored(EICAR, ScanState.INFECTED)

    for file in (waiting, clean, infected):
        scan_blob(blob_id=file.blob_id)

    assert state_of(waiting) == ScanState.NOT_SCANNED
    assert state_of(clean) == ScanState.CLEAN
    assert state_of(infected) == ScanState.INFECTED


def test_what_is_larger_than_the_scanner_takes_counts_as_not_scanned(in_school: Tenant, server: FakeClamd) -> None:
    server.limit = 10
    file = stored(b"x" * 11)

    scan_blob(blob_id=file.blob_id)

    blob = Blob.objects.get(id=file.blob_id)
    assert (blob.scan_state, blob.scan_finding) == (ScanState.NOT_SCANNED, "Larger than the scanner takes.")


def test_bytes_that_are_gone_are_nobodys_concern(in_school: Tenant, server: FakeClamd) -> None:
    blob = BlobFactory.create(scan_state=ScanState.PENDING)
    identifier = blob.id
    blob.delete()

    scan_blob(blob_id=identifier)

    assert server.commands == []


def test_bytes_deleted_during_the_scan_leave_no_verdict(
    in_school: Tenant, server: FakeClamd, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = BlobFactory.create(stored=True, scan_state=ScanState.PENDING)
    scan = Clamd.scan

    def deleted_meanwhile(self: Clamd, chunks: Iterable[bytes], /) -> Verdict:
        verdict = scan(self, chunks)
        Blob.objects.filter(id=blob.id).delete()
        return verdict

    monkeypatch.setattr(Clamd, "scan", deleted_meanwhile)

    scan_blob(blob_id=blob.id)

    assert server.commands == [b"zINSTREAM\0"]
    assert told == []


def test_an_object_that_the_store_lost_is_an_error_at_once(in_school: Tenant, server: FakeClamd) -> None:
    file = stored()
    object_store().delete([file.blob.key])

    scan_blob(blob_id=file.blob_id)

    blob = Blob.objects.get(id=file.blob_id)
    assert (blob.scan_state, blob.scan_finding) == (ScanState.ERROR, "The store has no such bytes.")


def test_while_the_scanner_is_down_bytes_wait_and_in_the_end_it_is_an_error(
    in_school: Tenant, dead_server: None
) -> None:
    file = stored()

    with pytest.raises(ScannerUnavailable):
        scan_blob(blob_id=file.blob_id)
    waiting = state_of(file)
    Blob.objects.filter(id=file.blob_id).update(created_at=timezone.now() - timedelta(minutes=31))
    scan_blob(blob_id=file.blob_id)

    assert waiting == ScanState.PENDING
    blob = Blob.objects.get(id=file.blob_id)
    assert blob.scan_state == ScanState.ERROR
    assert "cannot be reached" in blob.scan_finding


@pytest.mark.parametrize("state", [ScanState.CLEAN, ScanState.INFECTED])
def test_a_second_scan_that_fails_leaves_the_first_verdict(
    in_school: Tenant, dead_server: None, state: ScanState
) -> None:
    file = stored(state=state)

    scan_blob(blob_id=file.blob_id, waits_since=timezone.now() - timedelta(hours=1))

    assert state_of(file) == state


def test_the_outbox_asks_again_until_the_scanner_answers(
    in_school: Tenant, settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    file = stored(EICAR)
    with clamd.running() as (_, gone):
        settings.CLAMD_URL = gone
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        emit(BlobStored(blob_id=file.blob_id))
    delivery = Delivery.objects.get(handler="files.scan_stored_bytes")
    before = (state_of(file), delivery.state, delivery.attempts)

    with clamd.running() as (_, url):
        settings.CLAMD_URL = url
        settings.CLAMD_TIMEOUT_SECONDS = 3
        retry_due_deliveries(now=timezone.now() + timedelta(hours=1))

    delivery.refresh_from_db()
    assert before == (ScanState.PENDING, DeliveryState.PENDING, 1)
    assert (state_of(file), delivery.state) == (ScanState.INFECTED, DeliveryState.DONE)


def test_who_uploaded_malware_gets_a_mail_and_nobody_else(
    in_school: Tenant, learner: User, server: FakeClamd, django_capture_on_commit_callbacks: Capture
) -> None:
    file = stored(EICAR, name="homework.doc", uploaded_by=learner)
    FileFactory.create(blob=file.blob, uploaded_by=None)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        emit(BlobStored(blob_id=file.blob_id))

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["learner@maple.test"], "Malware in a file of yours at Maple School")
    ]
    assert "homework.doc" in mail.outbox[0].body
    assert "Eicar-Signature" in mail.outbox[0].body
    assert len(events("file.infected.v1")) == 2


@pytest.mark.parametrize("gone", ["account", "version"])
def test_nobody_is_told_whose_account_or_file_is_gone(
    in_school: Tenant, learner: User, server: FakeClamd, django_capture_on_commit_callbacks: Capture, gone: str
) -> None:
    file = stored(EICAR, uploaded_by=learner)
    if gone == "account":
        User.objects.filter(id=learner.id).update(status=AccountStatus.SUSPENDED)
    else:
        file.versions.all().update(uploaded_by_id=None)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        emit(FileInfected(file_id=file.id, uploaded_by_id=learner.id, finding="Eicar-Signature"))

    assert mail.outbox == []


def test_equal_bytes_of_another_school_are_another_matter(
    school: Tenant, other_school: Tenant, server: FakeClamd
) -> None:
    with tenant_context(other_school):
        theirs = stored(EICAR, ScanState.CLEAN)
    with tenant_context(school):
        ours = stored(EICAR)
        assert ours.blob.sha256 == hashlib.sha256(EICAR).hexdigest()

        scan_blob(blob_id=ours.blob_id)
        scan_blob(blob_id=theirs.blob_id)

        assert state_of(ours) == ScanState.INFECTED
    with tenant_context(other_school):
        assert state_of(theirs) == ScanState.CLEAN
