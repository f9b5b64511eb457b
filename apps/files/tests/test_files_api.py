"""Files through the API: found, renamed, moved, put into the trash."""

import pytest
from django.db import IntegrityError

from apps.core.errors import NotFound
from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context
from apps.files import uses
from apps.files.factories import FileFactory, FileVersionFactory, FolderFactory
from apps.files.models import File, FileVersion, Folder
from apps.files.services.files import hold_file
from apps.files.services.folders import delete_folder, hold_folder
from apps.files.services.names import refusing_taken_names
from apps.files.tests.helpers import FILES, Courses, all_files, file_url, refusal, use_of
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_file_is_shown_whole(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    folder = FolderFactory.create(owner=learner)
    file = FileFactory.create(name="a.txt", folder=folder, content=b"12345", uploaded_by=learner)
    client = as_user(learner)

    shown = client.get(file_url(file))

    assert shown["ETag"] == '"1"'
    assert shown.json() == {
        "id": str(file.id),
        "name": "a.txt",
        "folder": str(folder.id),
        "size_bytes": 5,
        "media_type": "text/plain",
        "version_number": 1,
        "created_at": shown.json()["created_at"],
        "updated_at": shown.json()["updated_at"],
        "scan_state": "clean",
        "uploaded_by": str(learner.id),
        "variants": None,
    }
    assert client.get(FILES).json()["results"] == [shown.json()]


@pytest.mark.parametrize("identifier", ["nothing", "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"])
@pytest.mark.parametrize("words", [(), ("uses",), ("download",)])
def test_what_is_not_there_is_not_found(
    identifier: str, words: tuple[str, ...], learner: User, admin: User, as_user: ClientOf
) -> None:
    url = "/".join([f"{FILES}{identifier}", *words, ""])

    assert [as_user(person).get(url).status_code for person in (admin, learner)] in ([404, 404], [404, 403])


@pytest.mark.parametrize(
    ("person", "kind", "status"),
    [
        ("learner", "own", 200),
        ("learner", "own_loose", 200),
        ("learner", "school", 403),
        ("learner", "staff", 404),
        ("learner", "others", 404),
        ("learner", "others_loose", 404),
        ("instructor", "school", 200),
        ("instructor", "staff", 200),
        ("instructor", "own_loose", 404),
        ("admin", "others_loose", 200),
        ("principal", "others_loose", 403),
        ("principal", "school", 403),
        ("stranger", "school", 404),
    ],
)
def test_who_renames_and_deletes_what(
    person: str,
    kind: str,
    status: int,
    files: dict[str, File],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    client = as_user(request.getfixturevalue(person))
    before = all_files()

    renamed = client.patch(file_url(files[kind]), {"name": "New.txt"})
    in_between = all_files()
    deleted = client.delete(file_url(files[kind]))

    assert (renamed.status_code, deleted.status_code) == (status, 204 if status == 200 else status)
    if status == 200:
        assert renamed.json()["name"] == "New.txt"
        assert not File.objects.filter(id=files[kind].id).exists()
        assert [entry.name for entry in TrashEntry.objects.all()] == ["New.txt"]
    else:
        assert before == in_between == all_files()


def test_a_file_is_changed_under_its_entity_tag(files: dict[str, File], learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    url = file_url(files["own"])
    tag = client.get(url)["ETag"]

    renamed = client.patch(url, {"name": "b.txt"}, headers={"If-Match": tag})
    again = client.patch(url, {"name": "c.txt"}, headers={"If-Match": tag})
    deleted = client.delete(url, headers={"If-Match": tag})

    assert (renamed.status_code, renamed["ETag"]) == (200, '"2"')
    assert (again.status_code, deleted.status_code) == (412, 412)
    assert File.objects.get(id=files["own"].id).name == "b.txt"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"name": ""}, (400, "invalid", "name")),
        ({"name": "a/b.txt"}, (400, "invalid_name", "name")),
        ({"name": "a.exe"}, (400, "invalid_name", "name")),
        ({"name": "a.html"}, (400, "type_mismatch", "name")),
        ({"name": "x" * 256}, (400, "invalid", "name")),
        ({"name": "TAKEN.txt"}, (409, "name_taken", "name")),
        ({"folder": "none"}, (400, "invalid", "folder")),
        ({"folder": "school"}, (403, "folder_not_writable", "folder")),
        ({"folder": "staff"}, (400, "unknown_folder", "folder")),
        ({"folder": "others"}, (400, "unknown_folder", "folder")),
        ({"folder": "foreign"}, (400, "unknown_folder", "folder")),
    ],
)
def test_a_change_that_does_not_fit_is_refused_by_field(
    body: dict[str, str],
    answer: tuple[int, str, str],
    files: dict[str, File],
    folders: dict[str, Folder],
    learner: User,
    other_school: Tenant,
    as_user: ClientOf,
) -> None:
    FileFactory.create(folder=folders["own"], name="taken.TXT")
    with tenant_context(other_school):
        places = {kind: str(folder.id) for kind, folder in folders.items()} | {
            "foreign": str(FolderFactory.create().id)
        }
    before = all_files()

    changed = as_user(learner).patch(
        file_url(files["own"]), {key: places.get(value, value) for key, value in body.items()}
    )

    assert refusal(changed) == answer
    assert all_files() == before


def test_a_name_that_promises_nothing_may_lose_its_extension_and_get_another(
    in_school: Tenant, learner: User, as_user: ClientOf
) -> None:
    older = FileFactory.create(uploaded_by_id=learner.id, name="from.before", media_type="application/x-forgotten")
    file = FileFactory.create(uploaded_by_id=learner.id, name="notes.txt")

    names = ["notes", "notes.log", "Chapter 1.2"]
    answers = [as_user(learner).patch(file_url(file), {"name": name}).json()["name"] for name in names]
    kept = as_user(learner).patch(file_url(older), {"name": "from.long.before"})

    assert answers == names
    assert kept.json()["name"] == "from.long.before"


def test_a_file_moves_between_folders_and_out_of_all(
    files: dict[str, File], folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    loose = files["own_loose"]

    moved = client.patch(file_url(loose), {"folder": str(folders["own"].id)})
    out = client.patch(file_url(loose), {"folder": None})

    assert (moved.status_code, moved.json()["folder"]) == (200, str(folders["own"].id))
    assert (out.status_code, out.json()["folder"]) == (200, None)


def test_only_who_uploaded_a_file_takes_it_out_of_all_folders(
    files: dict[str, File], instructor: User, admin: User, as_user: ClientOf
) -> None:
    refused = as_user(instructor).patch(file_url(files["school"]), {"folder": None})

    assert refusal(refused) == (403, "file_not_yours", "folder")
    assert File.objects.get(id=files["school"].id).folder_id is not None
    assert as_user(admin).patch(file_url(files["school"]), {"folder": None}).status_code == 200


def test_outside_of_folders_names_may_stand_twice(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    FileFactory.create(name="a.txt", uploaded_by=learner)
    second = FileFactory.create(name="b.txt", uploaded_by=learner)

    assert as_user(learner).patch(file_url(second), {"name": "a.txt"}).status_code == 200


def test_a_file_comes_back_with_its_versions(files: dict[str, File], learner: User, as_user: ClientOf) -> None:
    FileVersionFactory.create(file=files["own"])
    client = as_user(learner)
    client.delete(file_url(files["own"]))
    (entry,) = client.get("/api/core/trash/").json()["results"]

    assert client.get(file_url(files["own"])).status_code == 404
    assert client.post(f"/api/core/trash/{entry['id']}/restore/").status_code == 200
    assert client.get(file_url(files["own"])).json()["name"] == "own.txt"
    assert FileVersion.objects.filter(file=files["own"]).count() == 2


def test_a_name_is_free_while_its_file_lies_in_the_trash(
    files: dict[str, File], folders: dict[str, Folder], learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    client.delete(file_url(files["own"]))
    FileFactory.create(folder=folders["own"], name="OWN.txt")
    (entry,) = client.get("/api/core/trash/").json()["results"]

    restored = client.post(f"/api/core/trash/{entry['id']}/restore/")

    assert (restored.status_code, restored.json()["code"]) == (409, "name_taken")
    assert File.objects.filter(folder=folders["own"]).count() == 1


def test_a_file_in_use_stays(
    files: dict[str, File], instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [use_of(files["school"], title) for title in ("Python", "Java")]
    monkeypatch.setattr(uses, "_providers", [Courses(*found)])

    deleted = as_user(instructor).delete(file_url(files["school"]))

    assert refusal(deleted) == (409, "file_in_use", "")
    assert [use["title"] for use in deleted.json()["uses"]] == ["Python", "Java"]
    assert File.objects.filter(id=files["school"].id).exists()
    assert not TrashEntry.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"),
    [("instructor", 200), ("admin", 200), ("principal", 200), ("learner", 403), ("stranger", 404)],
)
def test_who_may_change_a_file_sees_where_it_is_used(
    person: str,
    status: int,
    files: dict[str, File],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use = use_of(files["school"])
    monkeypatch.setattr(uses, "_providers", [Courses(use, use_of(files["staff"]))])

    shown = as_user(request.getfixturevalue(person)).get(file_url(files["school"], "uses"))

    assert shown.status_code == status
    if status == 200:
        assert shown.json() == {
            "count": 1,
            "next": None,
            "previous": None,
            "results": [{"kind": "course", "id": str(use.id), "title": "Python"}],
        }


def test_the_uses_of_a_file_come_in_pages(
    files: dict[str, File], admin: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [use_of(files["school"], title) for title in ("C", "A", "B")]
    monkeypatch.setattr(uses, "_providers", [Courses(*found)])

    pages = [
        as_user(admin).get(file_url(files["school"], "uses"), {"page": f"{number}", "page_size": "2"}).json()
        for number in (1, 2)
    ]

    assert [[row["title"] for row in page["results"]] for page in pages] == [["A", "B"], ["C"]]
    assert [page["count"] for page in pages] == [3, 3]


def test_what_is_open_by_its_use_alone_is_not_changed(
    files: dict[str, File], learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "_providers", [Courses(use_of(files["staff"]))])
    client = as_user(learner)
    before = all_files()

    answers = [client.patch(file_url(files["staff"]), {"name": "x.txt"}), client.delete(file_url(files["staff"]))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get(file_url(files["staff"])).status_code == 200
    assert all_files() == before


def test_what_is_gone_is_not_held(files: dict[str, File], folders: dict[str, Folder], learner: User) -> None:
    delete_folder(folder=folders["own"], by=learner)

    with pytest.raises(NotFound):
        hold_file(file_id=files["own"].id)
    with pytest.raises(NotFound):
        hold_folder(folder_id=folders["own"].id)


def test_only_a_name_that_is_taken_is_answered_so(in_school: Tenant) -> None:
    with pytest.raises(IntegrityError, match="files_folder_private_is_owned"), refusing_taken_names():
        FolderFactory.create(visibility="private")
