"""Verdicts that come while something else happens to the same bytes."""

import io
from functools import partial
from typing import Any

import pytest

from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.factories import FileFactory
from apps.files.models import Blob, File
from apps.files.scanning import Outcome, Verdict
from apps.files.services.receiving import receive_file
from apps.files.services.scanning import scan_blob
from apps.files.services.versions import KnownMalware
from apps.users.models import User
from tests.parallel import in_parallel

CONTENT = b"bytes that a scanner does not like"


class Strict:
    """A scanner that likes nothing."""

    def scan(self, chunks: Any, /) -> Verdict:
        for _ in chunks:
            pass
        return Verdict(Outcome.INFECTED, "Test")

    def ping(self) -> None:
        """Is there."""


@pytest.fixture(autouse=True)
def _strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.files.services.scanning.scanner", Strict)


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
def test_of_verdicts_that_come_at_once_one_is_news(school: Tenant, learner: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(content=CONTENT, stored=True, scan_state=ScanState.PENDING, uploaded_by=learner)

    def scan() -> None:
        with tenant_context(school):
            scan_blob(blob_id=file.blob_id)

    outcomes = in_parallel([scan] * 6)

    assert outcomes == [None] * 6
    with tenant_context(school):
        assert Blob.objects.get().scan_state == ScanState.INFECTED
        assert Delivery.objects.filter(event="file.infected.v1").count() == 1


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
def test_whoever_uploads_the_bytes_during_the_verdict_is_refused_or_told(school: Tenant, learner: User) -> None:
    with tenant_context(school):
        first = FileFactory.create(content=CONTENT, stored=True, scan_state=ScanState.PENDING)

    def scan() -> None:
        with tenant_context(school):
            scan_blob(blob_id=first.blob_id)

    def upload(number: int) -> str:
        with tenant_context(school):
            try:
                receive_file(source=io.BytesIO(CONTENT), name=f"{number}.txt", size=len(CONTENT), by=learner)
            except KnownMalware:
                return "refused"
        return "kept"

    outcomes = in_parallel([scan, *[partial(upload, number) for number in range(5)]])[1:]

    assert set(outcomes) <= {"kept", "refused"}
    with tenant_context(school):
        told = set(Delivery.objects.filter(event="file.infected.v1").values_list("payload__file_id", flat=True))
        kept = {str(identifier) for identifier in File.objects.values_list("id", flat=True)}
    assert len(kept) == 1 + outcomes.count("kept")
    assert told == kept
