"""Folders through the API: made, renamed, put into the trash, brought back."""

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.models import Tenant, TrashEntry
from apps.files import uses
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from apps.files.tests.helpers import FOLDERS, Courses, all_folders, folder_url, refusal, use_of
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_learner_makes_a_private_folder(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    made = as_user(learner).post(FOLDERS, {"name": "  My notes "})

    folder = Folder.objects.get()
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    assert made.json() == {
        "id": str(folder.id),
        "name": "My notes",
        "parent": None,
        "visibility": "private",
        "owner": str(learner.id),
        "created_by": str(learner.id),
        "created_at": made.json()["created_at"],
        "updated_at": made.json()["updated_at"],
        "file_count": 0,
        "size_bytes": 0,
    }
    assert (folder.owner_id, folder.created_by_id) == (learner.id, learner.id)


def test_principals_make_nothing(in_school: Tenant, principal: User, as_user: ClientOf) -> None:
    assert as_user(principal).post(FOLDERS, {"name": "Mine"}).status_code == 403
    assert not Folder.objects.exists()


@pytest.mark.parametrize(
    ("person", "kind", "answer"),
    [
        ("learner", "own", (201, "", "")),
        ("learner", "school", (403, "folder_not_writable", "parent")),
        ("learner", "staff", (400, "unknown_folder", "parent")),
        ("learner", "others", (400, "unknown_folder", "parent")),
        ("instructor", "staff", (201, "", "")),
        ("instructor", "school", (201, "", "")),
        ("instructor", "own", (400, "unknown_folder", "parent")),
        ("admin", "others", (201, "", "")),
        ("stranger", "school", (400, "unknown_folder", "parent")),
    ],
)
def test_a_subfolder_is_made_where_one_may_write_and_is_as_visible_as_its_parent(
    person: str,
    kind: str,
    answer: tuple[int, str, str],
    folders: dict[str, Folder],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    parent = folders[kind]

    made = as_user(request.getfixturevalue(person)).post(FOLDERS, {"name": "Below", "parent": str(parent.id)})

    below = list(Folder.objects.filter(name="Below"))
    if answer[0] == 201:
        assert made.status_code == 201
        assert [(f.parent_id, f.visibility, f.owner_id) for f in below] == [
            (parent.id, parent.visibility, parent.owner_id)
        ]
    else:
        assert refusal(made) == answer
        assert below == []


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "invalid", "name")),
        ({"name": ""}, (400, "invalid", "name")),
        ({"name": "x" * 256}, (400, "invalid", "name")),
        ({"name": "..."}, (400, "invalid_name", "name")),
        ({"name": "a/b"}, (400, "invalid_name", "name")),
        ({"name": "a\\b"}, (400, "invalid_name", "name")),
        ({"name": "a\nb"}, (400, "invalid_name", "name")),
        ({"name": "a\u202eb"}, (400, "invalid_name", "name")),
        ({"name": "a", "parent": "no id"}, (400, "invalid", "parent")),
        ({"name": "a", "parent": str(new_id())}, (400, "unknown_folder", "parent")),
        ({"name": "a", "visibility": "public"}, (400, "invalid", "visibility")),
        ({"name": "hANDOUTS", "visibility": "school"}, (409, "name_taken", "name")),
    ],
)
def test_what_makes_no_folder_is_refused_by_field(
    body: dict[str, Any], answer: tuple[int, str, str], in_school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    FolderFactory.create(name="Handouts")
    before = all_folders()

    assert refusal(as_user(instructor).post(FOLDERS, body)) == answer
    assert all_folders() == before


def test_a_name_stands_once_per_place_and_owner(
    folders: dict[str, Folder], learner: User, instructor: User, as_user: ClientOf
) -> None:
    teaching, learning = as_user(instructor), as_user(learner)
    school = {"parent": str(folders["school"].id)}

    answers = [
        learning.post(FOLDERS, {"name": "others"}),
        teaching.post(FOLDERS, {"name": "Week", **school}),
        teaching.post(FOLDERS, {"name": "WEEK", **school}),
        teaching.post(FOLDERS, {"name": "Week", "parent": str(folders["staff"].id)}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 409, 201]


def test_a_folder_is_renamed_under_its_entity_tag(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    url = folder_url(folders["own"])
    tag = client.get(url)["ETag"]

    renamed = client.patch(url, {"name": "Renamed"}, headers={"If-Match": tag})
    again = client.patch(url, {"name": "Lost"}, headers={"If-Match": tag})

    assert (renamed.status_code, renamed["ETag"], renamed.json()["name"]) == (200, '"2"', "Renamed")
    assert (again.status_code, Folder.objects.get(id=folders["own"].id).name) == (412, "Renamed")


@pytest.mark.parametrize("name", ["Own", "OWN", "own"])
def test_a_folder_keeps_its_own_name_in_any_case(
    name: str, folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    assert as_user(learner).patch(folder_url(folders["own"]), {"name": name}).json()["name"] == name


@pytest.mark.parametrize(
    ("person", "kind", "status"),
    [
        ("learner", "own", 204),
        ("learner", "school", 403),
        ("learner", "others", 404),
        ("instructor", "staff", 204),
        ("admin", "others", 204),
        ("principal", "others", 403),
        ("stranger", "own", 404),
    ],
)
def test_a_folder_goes_to_the_trash_with_all_in_it(
    person: str,
    kind: str,
    status: int,
    folders: dict[str, Folder],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(parent=folders[kind]))

    deleted = as_user(request.getfixturevalue(person)).delete(folder_url(folders[kind]))

    is_gone = status == 204
    assert deleted.status_code == status
    assert File.objects.filter(id=file.id).exists() is not is_gone
    assert Folder.objects.filter(id=folders[kind].id).exists() is not is_gone
    assert list(TrashEntry.objects.values_list("kind", "row_count")) == ([("files.folder", 3)] if is_gone else [])


def test_a_folder_comes_back_with_all_in_it(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    file = FileFactory.create(folder=folders["own"])
    client = as_user(learner)
    client.delete(folder_url(folders["own"]))
    (entry,) = client.get("/api/core/trash/").json()["results"]

    restored = client.post(f"/api/core/trash/{entry['id']}/restore/")

    assert restored.status_code == 200
    assert client.get(f"/api/files/{file.id}/").json()["folder"] == str(folders["own"].id)


def test_a_folder_stays_while_a_file_below_it_is_used(
    folders: dict[str, Folder], learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(parent=folders["own"]))
    use = use_of(file)
    monkeypatch.setattr(uses, "_providers", [Courses(use)])

    deleted = as_user(learner).delete(folder_url(folders["own"]))

    assert refusal(deleted) == (409, "file_in_use", "")
    assert deleted.json()["uses"] == [{"file": str(file.id), "kind": "course", "id": str(use.id), "title": "Python"}]
    assert File.objects.filter(id=file.id).exists()
    assert not TrashEntry.objects.exists()
