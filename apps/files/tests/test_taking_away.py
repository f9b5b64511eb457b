"""What is shared does not vanish into the private folder of somebody whose work it is not."""

import pytest

from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from apps.files.tests.helpers import all_files, all_folders, file_url, folder_url, refusal
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize("kind", ["school", "staff"])
def test_staff_take_nobody_s_folder_into_a_private_one(
    kind: str, folders: dict[str, Folder], instructor: User, as_user: ClientOf
) -> None:
    mine = FolderFactory.create(owner=instructor, name="Mine")
    before = all_folders()

    moved = as_user(instructor).patch(folder_url(folders[kind]), {"parent": str(mine.id)})

    assert refusal(moved) == (403, "visibility_not_allowed", "parent")
    assert all_folders() == before


@pytest.mark.parametrize("kind", ["school", "staff"])
def test_staff_take_nobody_s_file_into_a_private_folder(
    kind: str, files: dict[str, File], instructor: User, as_user: ClientOf
) -> None:
    mine = FolderFactory.create(owner=instructor, name="Mine")
    before = all_files()

    moved = as_user(instructor).patch(file_url(files[kind]), {"folder": str(mine.id)})

    assert refusal(moved) == (403, "file_not_yours", "folder")
    assert all_files() == before


def test_one_s_own_work_is_taken_back(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    mine = FolderFactory.create(owner=instructor, name="Mine")
    part = FolderFactory.create(parent=folders["staff"], created_by_id=instructor.id)
    file = FileFactory.create(folder=folders["school"], uploaded_by=instructor)
    client = as_user(instructor)

    answers = [
        client.patch(folder_url(part), {"parent": str(mine.id)}),
        client.patch(file_url(file), {"folder": str(mine.id)}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_what_is_private_already_moves_about(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    part = FolderFactory.create(parent=folders["own"], created_by_id=None)
    other = FolderFactory.create(owner=learner, name="Other")
    file = FileFactory.create(folder=folders["own"])
    client = as_user(learner)

    answers = [
        client.patch(folder_url(part), {"parent": str(other.id)}),
        client.patch(file_url(file), {"folder": str(other.id)}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_admins_take_anything(
    folders: dict[str, Folder], files: dict[str, File], admin: User, as_user: ClientOf
) -> None:
    mine = FolderFactory.create(owner=admin, name="Mine")
    client = as_user(admin)

    answers = [
        client.patch(file_url(files["school"]), {"folder": str(mine.id)}),
        client.patch(folder_url(folders["staff"]), {"parent": str(mine.id)}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
