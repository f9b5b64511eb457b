"""What the tests of files share: one folder of each kind, and a file in each."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from pytest_django import Settings

from apps.core.models import Tenant
from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.files import clamd
from tests.files.clamd import FakeClamd

KINDS: Final = ("school", "staff", "own", "others")


@pytest.fixture
def other_learner(in_school: Tenant) -> User:
    """Return another learner of the school, whose private things are nobody's business."""
    return UserFactory.create(roles=[Role.LEARNER], email="other@maple.test")


@pytest.fixture
def folders(in_school: Tenant, learner: User, other_learner: User) -> dict[str, Folder]:
    """Return a folder of the school, one of staff, one of the learner and one of another learner."""
    return {
        "school": FolderFactory.create(name="School"),
        "staff": FolderFactory.create(name="Staff", visibility=Visibility.STAFF),
        "own": FolderFactory.create(name="Own", owner=learner),
        "others": FolderFactory.create(name="Others", owner=other_learner),
    }


@pytest.fixture
def files(folders: dict[str, Folder], learner: User, other_learner: User) -> dict[str, File]:
    """Return a file in each of the folders, and one of each learner outside of any folder."""
    in_folders = {kind: FileFactory.create(name=f"{kind}.txt", folder=folder) for kind, folder in folders.items()}
    return in_folders | {
        "own_loose": FileFactory.create(name="own_loose.txt", uploaded_by=learner),
        "others_loose": FileFactory.create(name="others_loose.txt", uploaded_by=other_learner),
    }


@pytest.fixture
def server(settings: Settings) -> Iterator[FakeClamd]:
    """Run a scanner and set it up."""
    with clamd.running() as (started, url):
        settings.CLAMD_URL = url
        settings.CLAMD_TIMEOUT_SECONDS = 3
        yield started


@pytest.fixture
def dead_server(settings: Settings) -> None:
    """Set up a scanner that is not there."""
    with clamd.running() as (_, url):
        settings.CLAMD_URL = url


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what the service emits."""
    emitted: list[Any] = []
    monkeypatch.setattr("apps.files.services.scanning.emit", emitted.append)
    return emitted
