"""Folders through the API: made, changed, moved, shown to others, put into the trash."""

from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context
from apps.files import uses
from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from apps.files.services.folders import delete_folder
from apps.files.uses import FileUse
from apps.users.models import User
from tests.fixtures import ClientOf

URL: Final = "/api/files/folders/"


def url_of(folder: Folder, *words: str) -> str:
    return "/".join([f"{URL}{folder.id}", *words, ""])


def shape() -> list[tuple[str, Any, str, Any]]:
    """Return everything that a change could change."""
    return sorted(Folder.objects.values_list("name", "parent_id", "visibility", "owner_id"))


def refusal(response: Any) -> tuple[int, str, str]:
    body = response.json()
    return (response.status_code, body["code"], body["errors"][0]["field"] if body["errors"] else "")


def test_a_learner_makes_a_private_folder(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    made = as_user(learner).post(URL, {"name": "  My notes "})

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


@pytest.mark.parametrize(("person", "status"), [("instructor", 201), ("admin", 201), ("learner", 403)])
@pytest.mark.parametrize("visibility", ["staff", "school"])
def test_only_staff_make_shared_folders(
    person: str, status: int, visibility: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    made = as_user(request.getfixturevalue(person)).post(URL, {"name": "Shared", "visibility": visibility})

    assert made.status_code == status
    assert Folder.objects.filter(visibility=visibility, owner_id=None).count() == (1 if status == 201 else 0)
    if status == 403:
        assert refusal(made) == (403, "visibility_not_allowed", "visibility")


def test_principals_make_nothing(in_school: Tenant, principal: User, as_user: ClientOf) -> None:
    assert as_user(principal).post(URL, {"name": "Mine"}).status_code == 403
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

    made = as_user(request.getfixturevalue(person)).post(URL, {"name": "Below", "parent": str(parent.id)})

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
    before = shape()

    assert refusal(as_user(instructor).post(URL, body)) == answer
    assert shape() == before


def test_a_name_stands_once_per_place_and_owner(
    folders: dict[str, Folder], learner: User, instructor: User, as_user: ClientOf
) -> None:
    teaching, learning = as_user(instructor), as_user(learner)
    school = {"parent": str(folders["school"].id)}

    answers = [
        learning.post(URL, {"name": "others"}),
        teaching.post(URL, {"name": "Week", **school}),
        teaching.post(URL, {"name": "WEEK", **school}),
        teaching.post(URL, {"name": "Week", "parent": str(folders["staff"].id)}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 409, 201]


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

    assert reader.get(url_of(bottom)).status_code == 404
    with CaptureQueriesContext(connection) as queries:
        shown = client.patch(url_of(top), {"visibility": "school"})

    assert (shown.status_code, shown.json()["visibility"], shown.json()["owner"]) == (200, "school", None)
    assert sum(query["sql"].count("WITH RECURSIVE") for query in queries) == 1
    assert reader.get(url_of(bottom)).status_code == 200
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
    before = shape()

    changed = as_user(user).patch(url_of(folders[kind]), {"visibility": visibility})

    folder = Folder.objects.get(id=folders[kind].id)
    if answer is None:
        assert changed.status_code == 200
        assert (folder.visibility, folder.owner_id) == (visibility, user.id if visibility == "private" else None)
    else:
        assert refusal(changed) == answer
        assert shape() == before


def test_who_made_a_shared_folder_may_take_it_back(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    made = client.post(URL, {"name": "Drafts", "visibility": "staff"}).json()

    assert client.patch(f"{URL}{made['id']}/", {"visibility": "private"}).json()["owner"] == str(instructor.id)


def test_nothing_is_private_in_a_shared_folder(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    before = shape()

    made = as_user(instructor).post(
        URL, {"name": "Secret", "parent": str(folders["school"].id), "visibility": "private"}
    )

    assert refusal(made) == (400, "private_in_shared", "visibility")
    assert shape() == before


def test_a_private_folder_may_show_a_part_of_it(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    top = FolderFactory.create(owner=instructor)
    client = as_user(instructor)

    part = client.post(URL, {"name": "Part", "parent": str(top.id), "visibility": "school"}).json()
    back = client.patch(f"{URL}{part['id']}/", {"visibility": "private"}).json()

    assert (part["visibility"], part["owner"]) == ("school", None)
    assert (back["visibility"], back["owner"]) == ("private", str(instructor.id))


def test_a_folder_is_renamed_under_its_entity_tag(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    url = url_of(folders["own"])
    tag = client.get(url)["ETag"]

    renamed = client.patch(url, {"name": "Renamed"}, headers={"If-Match": tag})
    again = client.patch(url, {"name": "Lost"}, headers={"If-Match": tag})

    assert (renamed.status_code, renamed["ETag"], renamed.json()["name"]) == (200, '"2"', "Renamed")
    assert (again.status_code, Folder.objects.get(id=folders["own"].id).name) == (412, "Renamed")


@pytest.mark.parametrize("name", ["Own", "OWN", "own"])
def test_a_folder_keeps_its_own_name_in_any_case(
    name: str, folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    assert as_user(learner).patch(url_of(folders["own"]), {"name": name}).json()["name"] == name


def test_a_moved_folder_takes_the_visibility_of_its_new_place(
    folders: dict[str, Folder], instructor: User, as_user: ClientOf
) -> None:
    mine = FolderFactory.create(owner=instructor, name="Mine")
    below = FolderFactory.create(parent=mine)
    client = as_user(instructor)

    moved = client.patch(url_of(mine), {"parent": str(folders["school"].id)})
    back = client.patch(url_of(mine), {"parent": None})

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
    before = shape()

    moved = as_user(learner).patch(url_of(folders["own"]), {"parent": str(target)})

    assert refusal(moved) == (400, "unknown_folder", "parent")
    assert shape() == before


def test_a_folder_never_lies_in_itself(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    top = FolderFactory.create()
    middle = FolderFactory.create(parent=top)
    bottom = FolderFactory.create(parent=middle)
    before = shape()

    answers = [as_user(instructor).patch(url_of(top), {"parent": str(each.id)}) for each in (top, middle, bottom)]

    assert [refusal(answer) for answer in answers] == [(409, "folder_cycle", "parent")] * 3
    assert shape() == before


def test_a_name_that_is_taken_stops_a_move(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    FolderFactory.create(parent=folders["school"], name="Week")
    other = FolderFactory.create(parent=folders["staff"], name="week")
    before = shape()

    moved = as_user(instructor).patch(url_of(other), {"parent": str(folders["school"].id)})

    assert refusal(moved) == (409, "name_taken", "name")
    assert shape() == before


def test_folders_are_twenty_levels_deep_at_most(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    chain = [FolderFactory.create()]
    for _ in range(18):
        chain.append(FolderFactory.create(parent=chain[-1]))
    two_levels = FolderFactory.create()
    FolderFactory.create(parent=two_levels)
    client = as_user(instructor)

    twentieth = client.post(URL, {"name": "20", "parent": str(chain[-1].id)}).json()
    before = shape()
    too_deep = [
        client.post(URL, {"name": "21", "parent": twentieth["id"]}),
        client.patch(url_of(two_levels), {"parent": str(chain[-1].id)}),
    ]
    fits = client.patch(url_of(two_levels), {"parent": str(chain[-2].id)})

    assert [refusal(answer) for answer in too_deep] == [(409, "folder_too_deep", "parent")] * 2
    assert len(before) == 22
    assert fits.status_code == 200


def test_what_lies_in_the_trash_counts_for_the_depth(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    chain = [FolderFactory.create()]
    for _ in range(18):
        chain.append(FolderFactory.create(parent=chain[-1]))
    two_levels = FolderFactory.create()
    delete_folder(folder=FolderFactory.create(parent=two_levels), by=instructor)

    moved = as_user(instructor).patch(url_of(two_levels), {"parent": str(chain[-1].id)})

    assert refusal(moved) == (409, "folder_too_deep", "parent")


def test_contents_are_subfolders_then_files_by_name(
    folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    school = folders["school"]
    beta = FolderFactory.create(parent=school, name="beta")
    FolderFactory.create(parent=school, name="Alpha")
    FileFactory.create(folder=beta, content=b"12345")
    FileFactory.create(folder=school, name="b.txt", content=b"123")
    FileFactory.create(folder=school, name="A.txt")
    FolderFactory.create(parent=beta)

    rows = as_user(learner).get(url_of(school, "contents")).json()["results"]
    second = as_user(learner).get(url_of(school, "contents"), {"page": "2", "page_size": "2"}).json()

    assert [(row["kind"], row["name"]) for row in rows] == [
        ("folder", "Alpha"), ("folder", "beta"), ("file", "A.txt"), ("file", "b.txt"),
    ]  # fmt: skip
    assert (rows[1]["file_count"], rows[1]["size_bytes"], rows[1]["media_type"]) == (1, 5, None)
    assert rows[3] == {
        "kind": "file",
        "id": rows[3]["id"],
        "name": "b.txt",
        "size_bytes": 3,
        "file_count": None,
        "media_type": "text/plain",
        "scan_state": "clean",
        "version_number": 1,
        "created_at": rows[3]["created_at"],
        "updated_at": rows[3]["updated_at"],
    }
    assert (second["count"], [row["name"] for row in second["results"]]) == (4, ["A.txt", "b.txt"])


def test_contents_leave_out_what_is_closed(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    FolderFactory.create(parent=folders["school"], visibility=Visibility.STAFF, name="For staff")

    assert as_user(learner).get(url_of(folders["school"], "contents")).json()["results"] == []
    assert as_user(learner).get(url_of(folders["staff"], "contents")).status_code == 404


def test_contents_take_the_same_statements_for_3_and_30(
    folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    counts = []

    for number in (3, 27):
        for _ in range(number):
            FileFactory.create(folder=folders["own"])
            FolderFactory.create(parent=folders["own"])
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url_of(folders["own"], "contents"), {"page_size": "100"})
        counts.append((len(response.json()["results"]), len(queries)))

    assert counts == [(6, 4), (60, 4)]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"parent": "root"}, {"School", "Own"}),
        ({"search": "wn"}, {"Own"}),
        ({"visibility": "private"}, {"Own"}),
        ({"parent": "SCHOOL"}, {"Below"}),
    ],
)
def test_the_list_of_folders_is_narrowed(
    query: dict[str, str], seen: set[str], folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    FolderFactory.create(parent=folders["school"], name="Below")
    query = {key: str(folders["school"].id) if value == "SCHOOL" else value for key, value in query.items()}

    assert {row["name"] for row in as_user(learner).get(URL, query).json()["results"]} == seen


@pytest.mark.parametrize("query", [{"parent": "top"}, {"visibility": "x"}, {"search": "\x00"}])
def test_an_unknown_filter_value_is_refused(query: dict[str, str], learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(URL, query).status_code == 400


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

    deleted = as_user(request.getfixturevalue(person)).delete(url_of(folders[kind]))

    is_gone = status == 204
    assert deleted.status_code == status
    assert File.objects.filter(id=file.id).exists() is not is_gone
    assert Folder.objects.filter(id=folders[kind].id).exists() is not is_gone
    assert list(TrashEntry.objects.values_list("kind", "row_count")) == ([("files.folder", 3)] if is_gone else [])


def test_a_folder_comes_back_with_all_in_it(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    file = FileFactory.create(folder=folders["own"])
    client = as_user(learner)
    client.delete(url_of(folders["own"]))
    (entry,) = client.get("/api/core/trash/").json()["results"]

    restored = client.post(f"/api/core/trash/{entry['id']}/restore/")

    assert restored.status_code == 200
    assert client.get(f"/api/files/{file.id}/").json()["folder"] == str(folders["own"].id)


def test_a_folder_stays_while_a_file_below_it_is_used(
    folders: dict[str, Folder], learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(parent=folders["own"]))
    use = FileUse(file_id=file.id, kind="course", id=new_id(), title="Python")

    class Courses:
        def uses(self, file_ids: Any) -> list[FileUse]:
            return [use] if file.id in file_ids else []

        def opens(self, actor: Any, file_id: Any) -> bool:
            return False

    monkeypatch.setattr(uses, "_providers", [Courses()])

    deleted = as_user(learner).delete(url_of(folders["own"]))

    assert refusal(deleted) == (409, "file_in_use", "")
    assert deleted.json()["uses"] == [{"file": str(file.id), "kind": "course", "id": str(use.id), "title": "Python"}]
    assert File.objects.filter(id=file.id).exists()
    assert not TrashEntry.objects.exists()
