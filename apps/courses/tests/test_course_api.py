"""One course over HTTP: made, found, changed, published, deleted, taught; and what is refused."""

from typing import Any
from uuid import UUID

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import Course, CourseInstructor
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/courses/"
UNKNOWN = UUID("0198c2f4-0000-7000-8000-000000000000")
NEW = {
    "title": "Advanced Python",
    "description": "Deep dive into Python",
    "category": "programming",
    "difficulty_level": "advanced",
}


def test_an_instructor_creates_a_course_and_teaches_it(instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).post(URL, NEW)

    assert response.status_code == 201, response.json()
    body = response.json()
    assert {key: body[key] for key in NEW} == NEW
    assert body["slug"] == "advanced-python"
    assert body["status"] == "draft"
    assert body["instructors"] == [{"id": str(instructor.id), "name": instructor.get_full_name()}]
    assert response.headers["ETag"] == '"1"'


def test_the_same_key_creates_one_course(instructor: User, as_user: ClientOf, school: Tenant) -> None:
    client = as_user(instructor)

    first = client.post(URL, NEW, headers={"Idempotency-Key": "course-1"})
    second = client.post(URL, NEW, headers={"Idempotency-Key": "course-1"})

    assert first.json()["id"] == second.json()["id"]
    with tenant_context(school):
        assert Course.objects.count() == 1


@pytest.mark.parametrize("person", ["learner", "principal"])
def test_who_is_no_author_creates_nothing(
    person: str, request: pytest.FixtureRequest, as_user: ClientOf, school: Tenant
) -> None:
    user = request.getfixturevalue(person)

    response = as_user(user).post(URL, NEW)

    assert response.status_code == 403
    with tenant_context(school):
        assert not Course.objects.exists()


def test_nobody_reads_without_a_token(as_user: ClientOf) -> None:
    assert as_user(None).get(URL).status_code == 401


def test_a_course_answers_to_id_and_slug(catalogue: dict[str, Course], learner: User, as_user: ClientOf) -> None:
    course = catalogue["published"]

    by_id = as_user(learner).get(f"{URL}{course.id}/")
    by_slug = as_user(learner).get(f"{URL}{course.slug}/")

    assert by_id.status_code == by_slug.status_code == 200
    assert by_id.json() == by_slug.json()


@pytest.mark.parametrize("identifier", ["no-such", str(UNKNOWN), "%00", "1"])
def test_an_unknown_course_is_not_found(identifier: str, learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(f"{URL}{identifier}/").status_code == 404


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_learners_and_strangers_do_not_know_of_hidden_courses(
    status: str, catalogue: dict[str, Course], learner: User, stranger: User, as_user: ClientOf
) -> None:
    for person in (learner, stranger):
        assert as_user(person).get(f"{URL}{catalogue[status].id}/").status_code == 404


def test_a_rename_keeps_the_slug_and_raises_the_version(
    catalogue: dict[str, Course], instructor: User, as_user: ClientOf
) -> None:
    course = catalogue["draft"]

    response = as_user(instructor).patch(f"{URL}{course.id}/", {"title": "New"}, headers={"If-Match": '"1"'})

    assert response.status_code == 200, response.json()
    assert (response.json()["title"], response.json()["slug"]) == ("New", course.slug)
    assert response.headers["ETag"] == '"2"'


def test_an_outdated_change_is_refused(catalogue: dict[str, Course], instructor: User, as_user: ClientOf) -> None:
    course = catalogue["draft"]

    for method, path in (("patch", ""), ("delete", ""), ("post", "archive/")):
        response = getattr(as_user(instructor), method)(
            f"{URL}{course.id}/{path}", {"title": "New"}, headers={"If-Match": '"7"'}
        )
        assert response.status_code == 412

    course.refresh_from_db()
    assert (course.title, course.status) == ("Draft", "draft")


@pytest.mark.parametrize(
    ("person", "expected"), [("learner", 403), ("principal", 403), ("instructor", 403), ("stranger", 404)]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("patch", ""), ("delete", ""), ("post", "publish/"), ("post", "archive/"), ("post", "unpublish/")],
)
def test_who_does_not_teach_changes_nothing(
    person: str,
    expected: int,
    method: str,
    path: str,
    catalogue: dict[str, Course],
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    course = catalogue["published"]
    user = request.getfixturevalue(person)

    response = getattr(as_user(user), method)(f"{URL}{course.id}/{path}", {"title": "Stolen"})

    assert response.status_code == expected
    before = (course.title, course.status, course.version)
    course.refresh_from_db()
    assert (course.title, course.status, course.version) == before


def test_a_course_lives_from_draft_to_archive(catalogue: dict[str, Course], admin: User, as_user: ClientOf) -> None:
    course = catalogue["draft"]
    client = as_user(admin)

    empty = client.post(f"{URL}{course.id}/publish/")
    ContentItemFactory.create(module=ModuleFactory.create(course=course))
    steps = [client.post(f"{URL}{course.id}/{step}/") for step in ("publish", "publish", "unpublish", "archive")]

    assert (empty.status_code, empty.json()["code"]) == (409, "course_empty")
    assert [step.status_code for step in steps] == [200, 409, 200, 200]
    assert steps[1].json()["code"] == "invalid_transition"
    assert [steps[index].json()["status"] for index in (0, 2, 3)] == ["published", "draft", "archived"]


def test_only_drafts_are_deleted(catalogue: dict[str, Course], admin: User, as_user: ClientOf) -> None:
    draft = as_user(admin).delete(f"{URL}{catalogue['draft'].id}/")
    published = as_user(admin).delete(f"{URL}{catalogue['published'].id}/")

    assert draft.status_code == 204
    assert (published.status_code, published.json()["code"]) == (409, "course_not_deletable")
    assert set(Course.objects.values_list("title", flat=True)) == {"Published", "Archived"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("difficulty_level", "impossible"),
        ("tags", ["x" * 51]),
        ("tags", "python"),
        ("price_amount", -1),
        ("price_currency", "euro"),
        ("language", "English"),
        ("seat_limit", 2**40),
        ("thumbnail_url", "javascript:alert(1)"),
        ("thumbnail_url", "https://127.0.0.1/x.png"),
    ],
)
def test_an_invalid_field_is_named(field: str, value: Any, instructor: User, as_user: ClientOf, school: Tenant) -> None:
    response = as_user(instructor).post(URL, NEW | {field: value})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"].split(".")[0] == field
    with tenant_context(school):
        assert not Course.objects.exists()


def test_the_seat_limit_stays_above_the_seats_taken(in_school: Tenant, admin: User, as_user: ClientOf) -> None:
    course = CourseFactory.create(seats_taken=3)

    refused = as_user(admin).patch(f"{URL}{course.id}/", {"seat_limit": 2})
    accepted = as_user(admin).patch(f"{URL}{course.id}/", {"seat_limit": 3})

    assert (refused.status_code, refused.json()["code"]) == (400, "seat_limit_too_low")
    assert accepted.status_code == 200


def test_instructors_come_and_go_but_one_stays(
    catalogue: dict[str, Course], instructor: User, admin: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    url = f"{URL}{catalogue['draft'].id}/instructors/"
    client = as_user(instructor)

    last = client.delete(f"{url}{instructor.id}/")
    added = client.post(url, {"user": str(admin.id)})
    twice = client.post(url, {"user": str(admin.id)})
    refused = [client.post(url, {"user": str(person.id)}) for person in (learner, stranger)]
    listed = client.get(url).json()
    removed = client.delete(f"{url}{instructor.id}/")

    assert (last.status_code, last.json()["code"]) == (409, "last_instructor")
    assert added.status_code == 201
    assert twice.json()["code"] == "already_teaches"
    assert [response.json()["code"] for response in refused] == ["not_a_teacher", "not_a_teacher"]
    assert [row["user"] for row in listed["results"]] == [str(instructor.id), str(admin.id)]
    assert removed.status_code == 204
    assert list(CourseInstructor.objects.values_list("user_id", flat=True)) == [admin.id]


@pytest.mark.parametrize("identifier", ["x", str(UNKNOWN)])
def test_an_unknown_instructor_cannot_be_removed(
    identifier: str, catalogue: dict[str, Course], admin: User, as_user: ClientOf
) -> None:
    response = as_user(admin).delete(f"{URL}{catalogue['draft'].id}/instructors/{identifier}/")

    assert response.status_code == 404
