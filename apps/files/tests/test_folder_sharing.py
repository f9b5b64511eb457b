"""Who shows which folder to whom, and what follows for everything below it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import Folder
from apps.files.services.folders import delete_folder
from apps.files.tests.helpers import FOLDERS, all_folders, folder_url, refusal
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize(("person", "status"), [("instructor", 201), ("admin", 201), ("learner", 403)])
@pytest.mark.parametrize("visibility", ["staff", "school"])
def test_only_staff_make_shared_folders(
    person: str, status: int, visibility: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    made = as_user(request.getfixturevalue(person)).post(FOLDERS, {"name": "Shared", "visibility": visibility})

    assert made.status_code == status
    assert Folder.objects.filter(visibility=visibility, owner_id=None).count() == (1 if status == 201 else 0)
    if status == 403:
        assert refusal(made) == (403, "visibility_not_allowed", "visibility")


def test_a_folder_of_one_person_is_shown_to_the_school_with_all_below(
    in_school: Tenant, learner: User, instructor: User, as_user: ClientOf
) -> None:
    top = FolderFactory.create(owner=instructor)
    middle = FolderFactory.create(parent=top)
    bottom = FolderFactory.create(parent=middle)
    trashed = FolderFactory.create(parent=middle)
    FileFactory.create(folder=bottom)
    beside = FolderFactory.create(owner=instructor)
    entry = delete_folder(folder=trashed, by=instructor)
    client, reader = as_user(instructor), as_user(learner)

    assert reader.get(folder_url(bottom)).status_code == 404
    with CaptureQueriesContext(connection) as queries:
        shown = client.patch(folder_url(top), {"visibility": "school"})

    assert (shown.status_code, shown.json()["visibility"], shown.json()["owner"]) == (200, "school", None)
    assert sum(query["sql"].count("WITH RECURSIVE") for query in queries) == 1
    assert reader.get(folder_url(bottom)).status_code == 200
    assert as_user(instructor).post(f"/api/core/trash/{entry.id}/restore/").status_code == 200
    seen = set(Folder.objects.filter(visibility=Visibility.SCHOOL, owner_id=None).values_list("id", flat=True))
    assert seen == {top.id, middle.id, bottom.id, trashed.id}
    beside.refresh_from_db()
    assert (beside.visibility, beside.owner_id, beside.version) == ("private", instructor.id, 1)


@pytest.mark.parametrize(
    ("person", "kind", "visibility", "answer"),
    [
        ("learner", "own", "school", (403, "visibility_not_allowed", "visibility")),
        ("learner", "own", "private", None),
        ("learner", "school", "private", (403, "permission_denied", "")),
        ("instructor", "school", "private", (403, "visibility_not_allowed", "visibility")),
        ("instructor", "school", "staff", None),
        ("instructor", "others", "school", (404, "not_found", "")),
        ("admin", "school", "private", None),
        ("admin", "others", "staff", None),
        ("principal", "school", "staff", (403, "permission_denied", "")),
        ("stranger", "school", "staff", (404, "not_found", "")),
    ],
)
def test_who_may_show_a_folder_to_whom(
    person: str,
    kind: str,
    visibility: str,
    answer: tuple[int, str, str] | None,
    folders: dict[str, Folder],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    user = request.getfixturevalue(person)
    before = all_folders()

    changed = as_user(user).patch(folder_url(folders[kind]), {"visibility": visibility})

    folder = Folder.objects.get(id=folders[kind].id)
    if answer is None:
        assert changed.status_code == 200
        assert (folder.visibility, folder.owner_id) == (visibility, user.id if visibility == "private" else None)
    else:
        assert refusal(changed) == answer
        assert all_folders() == before


def test_who_made_a_shared_folder_may_take_it_back(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    made = client.post(FOLDERS, {"name": "Drafts", "visibility": "staff"}).json()

    assert client.patch(f"{FOLDERS}{made['id']}/", {"visibility": "private"}).json()["owner"] == str(instructor.id)


def test_nothing_is_private_in_a_shared_folder(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    before = all_folders()

    made = as_user(instructor).post(
        FOLDERS, {"name": "Secret", "parent": str(folders["school"].id), "visibility": "private"}
    )

    assert refusal(made) == (400, "private_in_shared", "visibility")
    assert all_folders() == before


def test_a_private_folder_may_show_a_part_of_it(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    top = FolderFactory.create(owner=instructor)
    client = as_user(instructor)

    part = client.post(FOLDERS, {"name": "Part", "parent": str(top.id), "visibility": "school"}).json()
    back = client.patch(f"{FOLDERS}{part['id']}/", {"visibility": "private"}).json()

    assert (part["visibility"], part["owner"]) == ("school", None)
    assert (back["visibility"], back["owner"]) == ("private", str(instructor.id))
