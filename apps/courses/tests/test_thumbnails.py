"""The picture of a course: a file that an author chooses, shown to everybody who sees the course."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.pictures import opened, picture
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.files.choices import ScanState, Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File
from apps.files.services.variants import draw_variants
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/courses/"
ELSEWHERE = "https://media.example.org/python.png"


@pytest.fixture
def photo(in_school: Tenant, instructor: User) -> File:
    """Return a picture in a folder that only staff find."""
    return FileFactory.create(
        name="photo.jpg", content=picture(), media_type="image/jpeg", stored=True,
        folder=FolderFactory.create(visibility=Visibility.STAFF), uploaded_by=instructor,
    )  # fmt: skip


@pytest.fixture
def taught(in_school: Tenant, instructor: User) -> Course:
    """Return a published course with the address of a picture elsewhere."""
    return CourseFactory.create(slug="python", thumbnail_url=ELSEWHERE, instructors=[instructor])


def change(client: APIClient, **changes: Any) -> Any:
    return client.patch(f"{URL}python/", changes)


def shown(url: str) -> Any:
    """Return what `<img>` shows."""
    answer = APIClient().get(url, headers={"Accept": "image/webp,*/*"})
    found: Any = APIClient().get(urlsplit(answer["Location"]).path)
    return opened(b"".join(found))


def test_an_author_sets_a_picture_and_learners_see_it(
    taught: Course, photo: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    draw_variants(blob_id=photo.blob_id)

    response = change(as_user(instructor), thumbnail_file=str(photo.id))

    assert response.status_code == 200, response.json()
    (row,) = as_user(learner).get(URL).json()["results"]
    detail = as_user(learner).get(f"{URL}python/").json()
    assert shown(row["thumbnail_url"]).size == (640, 480)
    assert row["thumbnail_url"] == detail["thumbnail_url"] == response.json()["thumbnail_url"]
    assert "thumbnail_file" not in row
    assert detail["thumbnail_file"] == str(photo.id)


def test_a_course_is_created_with_its_picture(photo: File, instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).post(URL, {"title": "Go", "thumbnail_file": str(photo.id)})

    assert response.status_code == 201
    assert response.json()["thumbnail_file"] == str(photo.id)
    assert shown(response.json()["thumbnail_url"]).format == "JPEG"  # not drawn yet: the original


def test_without_a_file_the_address_is_what_was_stored(
    taught: Course, photo: File, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    change(client, thumbnail_file=str(photo.id))

    response = change(client, thumbnail_file=None)

    (row,) = client.get(URL).json()["results"]
    assert response.json()["thumbnail_url"] == row["thumbnail_url"] == ELSEWHERE
    assert response.json()["thumbnail_file"] is None


def test_our_own_address_that_is_sent_back_replaces_nothing(
    taught: Course, photo: File, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    change(client, thumbnail_file=str(photo.id))
    read = client.get(f"{URL}python/").json()

    response = change(client, title="New", thumbnail_url=read["thumbnail_url"], thumbnail_file=read["thumbnail_file"])

    taught.refresh_from_db()
    assert response.status_code == 200
    assert (taught.title, taught.thumbnail_url, taught.thumbnail_file_id) == ("New", ELSEWHERE, photo.id)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("text", "not_a_picture"), ("svg", "not_a_picture"), ("infected", "file_infected"),
        ("private", "unknown_file"), ("foreign", "unknown_file"), ("missing", "unknown_file"),
        ("in_trash", "unknown_file"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_picture_of_a_course_changes_nothing(
    case: str, code: str, taught: Course, instructor: User, learner: User, other_school: Tenant, as_user: ClientOf
) -> None:
    def file(media_type: str = "image/png", **values: Any) -> str:
        return str(FileFactory.create(media_type=media_type, **({"uploaded_by": instructor} | values)).id)

    with tenant_context(other_school):
        foreign = file()
    ids = {
        "text": lambda: file("text/plain"),
        "svg": lambda: file("image/svg+xml"),
        "infected": lambda: file(scan_state=ScanState.INFECTED),
        "private": lambda: file(uploaded_by=learner),
        "foreign": lambda: foreign,
        "missing": lambda: str(new_id()),
        "in_trash": lambda: _trashed(file(), as_user(instructor)),
    }

    response = change(as_user(instructor), thumbnail_file=ids[case](), title="Changed")

    assert response.status_code == 400
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [("thumbnail_file", code)]
    taught.refresh_from_db()
    assert (taught.thumbnail_file_id, taught.title, taught.version) == (None, taught.title, 1)


def _trashed(file_id: str, client: APIClient) -> str:
    assert client.delete(f"/api/files/{file_id}/").status_code == 204
    return file_id


@pytest.mark.parametrize(("person", "status"), [("learner", 403), ("stranger", 404)])
def test_who_is_no_author_sets_no_picture(
    person: str, status: int, taught: Course, photo: File, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    response = change(as_user(request.getfixturevalue(person)), thumbnail_file=str(photo.id))

    taught.refresh_from_db()
    assert (response.status_code, taught.thumbnail_file_id) == (status, None)


def test_a_file_that_a_course_shows_cannot_be_deleted(
    taught: Course, photo: File, instructor: User, as_user: ClientOf
) -> None:
    change(as_user(instructor), thumbnail_file=str(photo.id))

    response = as_user(instructor).delete(f"/api/files/{photo.id}/")

    assert (response.status_code, response.json()["code"]) == (409, "file_in_use")


@pytest.mark.parametrize("person", ["learner", "admin"])
def test_pictures_cost_the_list_no_statement(
    person: str, photo: File, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue(person))
    counts, statements = [], []

    for number in (3, 27):
        for _ in range(number):
            CourseFactory.create(thumbnail_file=photo)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(URL, {"page_size": "50"})
        rows = response.json()["results"]
        statements += [query["sql"] for query in queries]
        counts.append((len(rows), len(queries), len({row["thumbnail_url"] for row in rows})))

    assert counts == [(3, 3, 1), (30, 3, 1)]
    assert not any("files_file" in sql for sql in statements)
