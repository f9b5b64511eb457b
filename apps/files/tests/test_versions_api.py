"""Versions: a file is replaced in place, and what it was can be had back."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.files.choices import ScanState
from apps.files.factories import FileFactory, FileVersionFactory
from apps.files.models import Blob, File, FileVersion, Folder, StorageUsage
from apps.files.services.quota import recount
from apps.files.services.receiving import receive_file, receive_version
from apps.files.services.upload_errors import DestinationGone
from apps.users.models import User
from tests.fixtures import ClientOf

FIRST, SECOND = b"The first version of it.\n", b"The second version, which is longer.\n"


def form(content: bytes = SECOND, name: str = "draft-2.txt") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.fixture
def file(in_school: Tenant, learner: User) -> File:
    """Return a file of the learner, really stored and counted."""
    return receive_file(source=io.BytesIO(FIRST), name="essay.txt", size=len(FIRST), by=learner)


def url_of(file: File, rest: str = "") -> str:
    return f"/api/files/{file.id}/versions/{rest}"


def test_a_new_version_replaces_the_content_in_place(file: File, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)

    response = client.post(url_of(file), form(), format="multipart")
    listed = client.get(url_of(file)).json()

    body = response.json()
    assert response.status_code == 201
    assert (body["id"], body["name"], body["version_number"]) == (str(file.id), "essay.txt", 2)
    assert (body["size_bytes"], response.headers["ETag"]) == (len(SECOND), '"2"')
    assert [(row["number"], row["name"], row["is_current"]) for row in listed["results"]] == [
        (2, "draft-2.txt", True),
        (1, "essay.txt", False),
    ]
    usage = StorageUsage.objects.values_list("used_bytes", flat=True)
    assert list(usage) == [len(FIRST) + len(SECOND)] * 2
    assert recount() == []


def test_an_older_version_becomes_the_current_one_again(file: File, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    client.post(url_of(file), form(), format="multipart")

    restored = client.post(url_of(file, "1/restore/"))
    again = client.post(url_of(file, "1/restore/"))
    third = client.post(url_of(file), form(b"The third.\n"), format="multipart")

    assert (restored.status_code, restored.json()["version_number"]) == (200, 1)
    assert restored.json()["size_bytes"] == len(FIRST)
    assert (restored.headers["ETag"], again.headers["ETag"]) == ('"3"', '"3"')
    assert third.json()["version_number"] == 3
    assert FileVersion.objects.count() == 3
    assert recount() == []


@pytest.mark.parametrize("number", ["9", "0", "x", "²", "9" * 30])
def test_there_is_nothing_to_restore(file: File, learner: User, as_user: ClientOf, number: str) -> None:
    response = as_user(learner).post(url_of(file, f"{number}/restore/"))

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_malware_is_not_restored(file: File, learner: User, as_user: ClientOf) -> None:
    as_user(learner).post(url_of(file), form(), format="multipart")
    Blob.objects.filter(versions__number=1).update(scan_state=ScanState.INFECTED)

    response = as_user(learner).post(url_of(file, "1/restore/"))

    assert (response.status_code, response.json()["code"]) == (409, "file_infected")
    file.refresh_from_db()
    assert file.version_number == 2


def test_a_version_fits_the_name_of_its_file(file: File, learner: User, as_user: ClientOf) -> None:
    response = as_user(learner).post(url_of(file), form(b"%PDF-1.4\n%%EOF\n"), format="multipart")

    assert response.status_code == 400
    assert FileVersion.objects.count() == 1
    assert len(list(object_store().objects(""))) == 1


def test_who_may_not_change_the_file_gets_no_version_in(
    files: dict[str, File],
    learner: User,
    principal: User,
    instructor: User,
    stranger: User,
    admin: User,
    as_user: ClientOf,
) -> None:
    shared, private = files["school"], files["others"]
    attempts = [(learner, shared), (principal, shared), (learner, private), (instructor, private), (stranger, shared)]

    posted = [as_user(person).post(url_of(file), form(), format="multipart").status_code for person, file in attempts]
    restored = [as_user(person).post(url_of(file, "1/restore/")).status_code for person, file in attempts]
    listed = [as_user(person).get(url_of(file)).status_code for person, file in attempts]

    assert posted == restored == [403, 403, 404, 404, 404]
    assert listed == [403, 200, 404, 404, 404]
    assert FileVersion.objects.count() == len(files)
    assert as_user(admin).get(url_of(private)).status_code == 200
    assert as_user(admin).get("/api/files/none/versions/").status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_asks_the_same_of_the_database_however_long(
    folders: dict[str, Folder], admin: User, as_user: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    file = FileFactory.create(folder=folders["school"])
    for number in range(2, count + 1):
        FileVersionFactory.create(file=file, number=number)
    client = as_user(admin)
    client.get(url_of(file))

    with django_assert_num_queries(4):
        response = client.get(url_of(file), {"page_size": 200})

    assert response.json()["count"] == count


def test_a_file_that_goes_meanwhile_gets_no_version(file: File, learner: User) -> None:
    FileVersion.objects.all().delete()
    File.objects.all().delete()

    with pytest.raises(DestinationGone):
        receive_version(source=io.BytesIO(SECOND), name="x.txt", size=len(SECOND), by=learner, file=file)

    assert not FileVersion.objects.exists()
