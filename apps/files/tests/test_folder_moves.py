"""Folders on the move: never into themselves, never too deep, as visible as where they go."""

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.factories import FolderFactory
from apps.files.models import Folder
from apps.files.services.folders import delete_folder
from apps.files.tests.helpers import FOLDERS, all_folders, folder_url, refusal
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_moved_folder_takes_the_visibility_of_its_new_place(
    folders: dict[str, Folder], instructor: User, as_user: ClientOf
) -> None:
    mine = FolderFactory.create(owner=instructor, name="Mine")
    below = FolderFactory.create(parent=mine)
    client = as_user(instructor)

    moved = client.patch(folder_url(mine), {"parent": str(folders["school"].id)})
    back = client.patch(folder_url(mine), {"parent": None})

    below.refresh_from_db()
    assert (moved.status_code, moved.json()["visibility"], moved.json()["parent"]) == (
        200, "school", str(folders["school"].id)
    )  # fmt: skip
    assert (back.json()["visibility"], back.json()["parent"]) == ("school", None)
    assert (below.visibility, below.owner_id) == ("school", None)


@pytest.mark.parametrize("kind", ["staff", "others", "foreign"])
def test_a_folder_moves_nowhere_that_is_closed(
    kind: str, folders: dict[str, Folder], learner: User, other_school: Tenant, as_user: ClientOf
) -> None:
    with tenant_context(other_school):
        target = FolderFactory.create().id if kind == "foreign" else folders[kind].id
    before = all_folders()

    moved = as_user(learner).patch(folder_url(folders["own"]), {"parent": str(target)})

    assert refusal(moved) == (400, "unknown_folder", "parent")
    assert all_folders() == before


def test_a_folder_never_lies_in_itself(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    top = FolderFactory.create()
    middle = FolderFactory.create(parent=top)
    bottom = FolderFactory.create(parent=middle)
    before = all_folders()

    answers = [as_user(instructor).patch(folder_url(top), {"parent": str(each.id)}) for each in (top, middle, bottom)]

    assert [refusal(answer) for answer in answers] == [(409, "folder_cycle", "parent")] * 3
    assert all_folders() == before


def test_a_name_that_is_taken_stops_a_move(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    FolderFactory.create(parent=folders["school"], name="Week")
    other = FolderFactory.create(parent=folders["staff"], name="week")
    before = all_folders()

    moved = as_user(instructor).patch(folder_url(other), {"parent": str(folders["school"].id)})

    assert refusal(moved) == (409, "name_taken", "name")
    assert all_folders() == before


def test_folders_are_twenty_levels_deep_at_most(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    chain = [FolderFactory.create()]
    for _ in range(18):
        chain.append(FolderFactory.create(parent=chain[-1]))
    two_levels = FolderFactory.create()
    FolderFactory.create(parent=two_levels)
    client = as_user(instructor)

    twentieth = client.post(FOLDERS, {"name": "20", "parent": str(chain[-1].id)}).json()
    before = all_folders()
    too_deep = [
        client.post(FOLDERS, {"name": "21", "parent": twentieth["id"]}),
        client.patch(folder_url(two_levels), {"parent": str(chain[-1].id)}),
    ]
    fits = client.patch(folder_url(two_levels), {"parent": str(chain[-2].id)})

    assert [refusal(answer) for answer in too_deep] == [(409, "folder_too_deep", "parent")] * 2
    assert len(before) == 22
    assert fits.status_code == 200


def test_what_lies_in_the_trash_counts_for_the_depth(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    chain = [FolderFactory.create()]
    for _ in range(18):
        chain.append(FolderFactory.create(parent=chain[-1]))
    two_levels = FolderFactory.create()
    delete_folder(folder=FolderFactory.create(parent=two_levels), by=instructor)

    moved = as_user(instructor).patch(folder_url(two_levels), {"parent": str(chain[-1].id)})

    assert refusal(moved) == (409, "folder_too_deep", "parent")
