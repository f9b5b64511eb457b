"""Deleting for good: one's own work by oneself, that of others by admins and by the clock."""

from datetime import timedelta
from typing import Final

import pytest
from django.utils import timezone

from apps.core.models import Tenant, TrashEntry
from apps.core.trash.services import purge_due_entries
from apps.files.factories import FileFactory, FileVersionFactory, FolderFactory
from apps.files.models import File, FileVersion, Folder
from apps.files.services.files import delete_file
from apps.files.services.folders import delete_folder
from apps.files.tests.helpers import refusal
from apps.users.models import User
from tests.fixtures import ClientOf

TRASH: Final = "/api/core/trash/"


@pytest.fixture
def deleted(in_school: Tenant, instructor: User, admin: User) -> TrashEntry:
    """Return a deletion, by an instructor, of a shared folder in which the admin keeps a file."""
    folder = FolderFactory.create()
    FileFactory.create(folder=folder, uploaded_by=admin)
    FileFactory.create(folder=folder, uploaded_by=instructor)
    return delete_folder(folder=folder, by=instructor)


def test_nobody_takes_the_work_of_others_out_of_the_trash_for_good(
    deleted: TrashEntry, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    purged = client.delete(f"{TRASH}{deleted.id}/")
    restored = client.post(f"{TRASH}{deleted.id}/restore/")

    assert refusal(purged) == (403, "purge_not_allowed", "")
    assert (restored.status_code, File.objects.count(), Folder.objects.count()) == (200, 2, 1)


@pytest.mark.parametrize("other", ["admin", None])
def test_a_version_of_somebody_else_is_their_work(
    other: str | None, in_school: Tenant, instructor: User, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), uploaded_by=instructor)
    FileVersionFactory.create(file=file, number=2, uploaded_by_id=request.getfixturevalue(other).id if other else None)
    entry = delete_file(file=file, by=instructor)

    assert as_user(instructor).delete(f"{TRASH}{entry.id}/").status_code == 403
    assert TrashEntry.objects.filter(id=entry.id).exists()
    assert FileVersion.objects.count() == 2


def test_one_s_own_work_goes_when_one_says(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    entry = delete_file(file=FileFactory.create(uploaded_by=learner), by=learner)

    assert as_user(learner).delete(f"{TRASH}{entry.id}/").status_code == 204
    assert not FileVersion.objects.exists()


def test_admins_delete_anything_for_good(deleted: TrashEntry, admin: User, as_user: ClientOf) -> None:
    assert as_user(admin).delete(f"{TRASH}{deleted.id}/").status_code == 204
    assert not FileVersion.objects.exists()


def test_so_does_the_clock(deleted: TrashEntry) -> None:
    assert purge_due_entries(now=timezone.now() + timedelta(days=400)) == 1
    assert not FileVersion.objects.exists()
