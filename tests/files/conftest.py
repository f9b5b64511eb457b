"""What the journeys of files share."""

import pytest

from apps.core.models import Tenant
from apps.files.services import upload_parts, uploads
from apps.files.services.quota import MEGABYTE


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send in parts of one megabyte what is as large, and let a worker check it."""
    monkeypatch.setattr(uploads, "ONE_PUT_BELOW", MEGABYTE)
    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", MEGABYTE)
    monkeypatch.setattr(upload_parts, "SMALLEST_PART", MEGABYTE)


@pytest.fixture(autouse=True)
def _other_school(other_school: Tenant) -> None:
    """There is always a neighbour, whose things stay as they are."""
