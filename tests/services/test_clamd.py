"""A real clamd, or what speaks its protocol: `TEST_CLAMD_URL`."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.models import Blob
from apps.files.scanning import Outcome
from apps.files.scanning.clamd import Clamd
from apps.users.models import User
from tests.files.clamd import EICAR
from tests.fixtures import ClientOf
from tests.services.addresses import address_of

pytestmark = pytest.mark.services


def client() -> Clamd:
    return Clamd(address_of("TEST_CLAMD_URL"), seconds=5)


def test_it_is_there() -> None:
    client().ping()


def test_ordinary_bytes_are_clean() -> None:
    assert client().scan([b"ordinary ", b"bytes"]).outcome is Outcome.CLEAN


def test_the_test_file_of_eicar_is_found_by_name() -> None:
    verdict = client().scan([EICAR])

    assert verdict.outcome is Outcome.INFECTED
    assert "eicar" in verdict.finding.lower()


def test_more_than_it_takes_is_too_large() -> None:
    verdict = client().scan(bytes(1024 * 1024) for _ in range(5 * 1024))

    assert verdict.outcome is Outcome.TOO_LARGE


def test_an_upload_with_malware_goes_into_quarantine(
    school: Tenant,
    learner: User,
    as_user: ClientOf,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from django.core import mail
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.CLAMD_URL = address_of("TEST_CLAMD_URL")

    with django_capture_on_commit_callbacks(execute=True):
        answer = as_user(learner).post("/api/files/", {"file": SimpleUploadedFile("a.txt", EICAR)}, format="multipart")
    download = as_user(learner).get(f"/api/files/{answer.json()['id']}/download/")

    assert answer.status_code == 201
    assert (download.status_code, download.json()["code"]) == (409, "file_infected")
    assert [message.to for message in mail.outbox] == [[learner.email]]
    with tenant_context(school):
        assert Blob.objects.get().scan_state == ScanState.INFECTED
