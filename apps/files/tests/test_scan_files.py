"""`scan_files`: what the scanner has not seen is given to it."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.factories import FileFactory
from apps.files.models import Blob
from tests.files import clamd
from tests.files.clamd import EICAR

Capture = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def _scanner(settings: Settings) -> Iterator[None]:
    with clamd.running() as (_, url):
        settings.CLAMD_URL = url
        settings.CLAMD_TIMEOUT_SECONDS = 3
        yield


def stored(tenant: Tenant, *states: ScanState) -> None:
    with tenant_context(tenant):
        for state in states:
            FileFactory.create(content=EICAR + state.encode(), stored=True, scan_state=state)


def states_of(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return sorted(Blob.objects.values_list("scan_state", flat=True))


def run(*options: str) -> str:
    output = StringIO()
    call_command("scan_files", *options, stdout=output)
    return output.getvalue()


@pytest.mark.usefixtures("_scanner")
def test_what_was_never_scanned_and_what_failed_is_scanned_in_every_school(
    school: Tenant, other_school: Tenant, django_capture_on_commit_callbacks: Capture
) -> None:
    stored(school, ScanState.NOT_SCANNED, ScanState.ERROR, ScanState.PENDING, ScanState.CLEAN)
    stored(other_school, ScanState.ERROR)

    with django_capture_on_commit_callbacks(execute=True):
        output = run()

    assert output.splitlines() == ["maple: 3 scans requested.", "birch: 1 scans requested."]
    assert states_of(school) == ["clean", "infected", "infected", "infected"]
    assert states_of(other_school) == ["infected"]


@pytest.mark.usefixtures("_scanner")
def test_everything_of_one_school_can_be_scanned_again(
    school: Tenant, other_school: Tenant, django_capture_on_commit_callbacks: Capture
) -> None:
    stored(school, ScanState.CLEAN)
    stored(other_school, ScanState.CLEAN)

    with django_capture_on_commit_callbacks(execute=True):
        output = run("--all", "--tenant", "maple")

    assert output == "maple: 1 scans requested.\n"
    assert (states_of(school), states_of(other_school)) == (["infected"], ["clean"])


def test_without_a_scanner_the_command_says_what_to_set(school: Tenant, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    stored(school, ScanState.ERROR)

    with pytest.raises(CommandError, match="CLAMD_URL"):
        run()

    assert states_of(school) == ["error"]


def test_a_school_that_there_is_not_is_named(school: Tenant) -> None:
    with pytest.raises(CommandError, match="no school oak"):
        run("--tenant", "oak")
