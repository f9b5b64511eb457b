"""What lies in a folder, and how the list of folders is narrowed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import Folder
from apps.files.tests.helpers import FOLDERS, folder_url
from apps.users.models import User
from tests.fixtures import ClientOf


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

    rows = as_user(learner).get(folder_url(school, "contents")).json()["results"]
    second = as_user(learner).get(folder_url(school, "contents"), {"page": "2", "page_size": "2"}).json()

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

    assert as_user(learner).get(folder_url(folders["school"], "contents")).json()["results"] == []
    assert as_user(learner).get(folder_url(folders["staff"], "contents")).status_code == 404


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
            response = client.get(folder_url(folders["own"], "contents"), {"page_size": "100"})
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

    assert {row["name"] for row in as_user(learner).get(FOLDERS, query).json()["results"]} == seen


@pytest.mark.parametrize("query", [{"parent": "top"}, {"visibility": "x"}, {"search": "\x00"}])
def test_an_unknown_filter_value_is_refused(query: dict[str, str], learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(FOLDERS, query).status_code == 400
