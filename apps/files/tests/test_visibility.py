"""Who finds which folders and files."""

from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.files import uses
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from tests.fixtures import ClientOf

FOLDERS: Final = "/api/files/folders/"
FILES: Final = "/api/files/"
SEEN: Final = {
    "learner": {"school", "own", "own_loose"},
    "instructor": {"school", "staff"},
    "principal": {"school", "staff", "own", "others", "own_loose", "others_loose"},
    "admin": {"school", "staff", "own", "others", "own_loose", "others_loose"},
    "stranger": set[str](),
}


def names(response: Any) -> set[str]:
    return {row["name"].removesuffix(".txt").lower() for row in response.json()["results"]}


@pytest.mark.parametrize("person", SEEN)
def test_each_finds_their_folders(
    person: str, folders: dict[str, Folder], request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue(person))

    listed = client.get(FOLDERS)
    opened = {kind: client.get(f"{FOLDERS}{folder.id}/").status_code for kind, folder in folders.items()}

    assert names(listed) == SEEN[person] & folders.keys()
    assert opened == {kind: 200 if kind in SEEN[person] else 404 for kind in folders}


@pytest.mark.parametrize("person", SEEN)
def test_each_finds_their_files(
    person: str, files: dict[str, File], request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue(person))

    listed = client.get(FILES)
    opened = {kind: client.get(f"{FILES}{file.id}/").status_code for kind, file in files.items()}

    assert names(listed) == SEEN[person]
    assert opened == {kind: 200 if kind in SEEN[person] else 404 for kind in files}


@pytest.mark.parametrize("url", [FOLDERS, FILES])
def test_nobody_reads_without_logging_in(url: str, school: Tenant, as_user: ClientOf) -> None:
    assert as_user(None).get(url).status_code == 401


def test_a_file_is_open_where_it_is_used(
    files: dict[str, File], request: pytest.FixtureRequest, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Course:
        def uses(self, file_ids: Any) -> list[uses.FileUse]:
            return []

        def opens(self, actor: Any, file_id: Any) -> bool:
            return file_id == files["staff"].id

    monkeypatch.setattr(uses, "_providers", [Course()])
    client = as_user(request.getfixturevalue("learner"))

    opened = client.get(f"{FILES}{files['staff'].id}/")

    assert (opened.status_code, opened.json()["name"]) == (200, "staff.txt")
    assert client.get(f"{FILES}{files['others'].id}/").status_code == 404
    assert names(client.get(FILES)) == SEEN["learner"]


@pytest.mark.parametrize(
    ("url", "make"), [(FOLDERS, FolderFactory.create), (FILES, FileFactory.create)], ids=["folders", "files"]
)
@pytest.mark.parametrize("person", ["learner", "instructor", "admin"])
def test_lists_take_the_same_statements_for_3_and_30(
    url: str, make: Any, person: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue(person))
    folder = {} if url == FOLDERS else {"folder": FolderFactory.create()}
    counts = []

    for number in (3, 27):
        for _ in range(number):
            make(**folder)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url, {"page_size": "50"})
        counts.append((len(response.json()["results"]), len(queries)))

    assert counts == [(3, 3), (30, 3)]


def test_a_row_tells_what_lies_in_the_folder(
    folders: dict[str, Folder], request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue("learner"))
    for content in (b"12345", b"1234567"):
        FileFactory.create(folder=folders["own"], content=content)

    rows = {row["name"]: row for row in client.get(FOLDERS).json()["results"]}
    own = client.get(f"{FOLDERS}{folders['own'].id}/").json()

    assert (rows["Own"]["file_count"], rows["Own"]["size_bytes"]) == (2, 12)
    assert (rows["School"]["file_count"], rows["School"]["size_bytes"]) == (0, 0)
    assert own == rows["Own"]
