"""The list of courses: who sees which, narrowed how, with how many statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, CoursePrerequisiteFactory, ModuleFactory
from apps.courses.models import Course
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/courses/"


def titles(response: Any) -> list[str]:
    return [row["title"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("learner", ["Published"]),
        ("instructor", ["Draft"]),
        ("admin", ["Archived", "Published", "Draft"]),
        ("principal", ["Archived", "Published", "Draft"]),
        ("stranger", []),
    ],
)
def test_each_sees_their_courses(
    person: str, seen: list[str], catalogue: dict[str, Course], request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    response = as_user(request.getfixturevalue(person)).get(URL)

    assert titles(response) == seen
    assert response.json()["count"] == len(seen)


def test_an_author_may_ask_for_the_catalogue(catalogue: dict[str, Course], instructor: User, as_user: ClientOf) -> None:
    assert titles(as_user(instructor).get(URL, {"scope": "all"})) == ["Published", "Draft"]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"status": "published"}, ["Free", "Paid"]),
        ({"category": "CODE"}, ["Free"]),
        ({"difficulty_level": "advanced"}, ["Paid"]),
        ({"tag": "python"}, ["Free"]),
        ({"language": "de"}, ["Paid"]),
        ({"price": "free"}, ["Free"]),
        ({"price": "paid"}, ["Paid"]),
        ({"q": "fre"}, ["Free"]),
        ({"ordering": "-title"}, ["Paid", "Free"]),
        ({"ordering": "price_amount", "page_size": "1"}, ["Free"]),
        ({"scope": "all"}, ["Free", "Paid"]),
    ],
)
def test_the_list_can_be_narrowed(
    query: dict[str, str], seen: list[str], in_school: Tenant, learner: User, as_user: ClientOf
) -> None:
    CourseFactory.create(title="Paid", price_amount=100, language="de", difficulty_level="advanced")
    CourseFactory.create(title="Free", tags=["python"], category="code")

    response = as_user(learner).get(URL, query)

    assert titles(response) == seen


@pytest.mark.parametrize(
    "query", [{"status": "lost"}, {"ordering": "tenant"}, {"instructor": "me"}, {"q": "\x00"}, {"scope": "x"}]
)
def test_an_unknown_filter_value_is_refused(query: dict[str, str], learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(URL, query).status_code == 400


def test_the_list_can_be_narrowed_to_an_instructor(
    catalogue: dict[str, Course], instructor: User, admin: User, as_user: ClientOf
) -> None:
    assert titles(as_user(admin).get(URL, {"instructor": str(instructor.id)})) == ["Draft"]


def test_rows_name_their_instructors_in_order(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    people = [UserFactory(first_name="Ada", last_name="L"), UserFactory(first_name="Ben", last_name="")]
    CourseFactory.create(instructors=people)
    CourseFactory.create()

    rows = as_user(learner).get(URL).json()["results"]

    assert rows[0]["instructors"] == []
    assert [person["name"] for person in rows[1]["instructors"]] == ["Ada L", "Ben"]


@pytest.mark.parametrize("person", ["learner", "instructor", "admin"])
def test_the_list_takes_the_same_statements_for_3_and_30(
    person: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    user = request.getfixturevalue(person)
    client = as_user(user)
    counts = []

    for number in (3, 27):
        for _ in range(number):
            CourseFactory.create(instructors=[user])
        with CaptureQueriesContext(connection) as queries:
            response = client.get(URL, {"page_size": "50"})
        counts.append((len(response.json()["results"]), len(queries)))

    assert counts == [(3, 3), (30, 3)]


@pytest.mark.parametrize("order", [1, -1])
def test_who_asks_the_same_gets_their_own_answer(
    order: int,
    catalogue: dict[str, Course],
    learner: User,
    instructor: User,
    admin: User,
    stranger: User,
    other_school: Tenant,
    as_user: ClientOf,
) -> None:
    with tenant_context(other_school):
        CourseFactory.create(title="Foreign")
    everything = ["Archived", "Published", "Draft"]
    wanted = {learner: ["Published"], instructor: ["Draft"], admin: everything, stranger: ["Foreign"]}
    people = list(wanted)[::order]

    for _ in range(2):
        assert {person: titles(as_user(person).get(URL)) for person in people} == wanted


def test_one_person_gets_the_answer_to_each_question(
    catalogue: dict[str, Course], admin: User, as_user: ClientOf
) -> None:
    client = as_user(admin)
    answers = {"status=draft": ["Draft"], "status=published": ["Published"], "q=arch": ["Archived"]}

    for _ in range(2):
        assert {query: titles(client.get(f"{URL}?{query}")) for query in answers} == answers


@pytest.mark.parametrize("person", ["learner", "admin"])
def test_each_course_lists_what_is_its_own(
    person: str, course: Course, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    client = as_user(request.getfixturevalue(person))
    teacher, required = UserFactory.create(), CourseFactory.create(title="Basics")
    other = CourseFactory.create(title="Other", slug="other", instructors=[teacher])
    CoursePrerequisiteFactory.create(course=other, required_course=required)
    module = ModuleFactory.create(course=other, title="C")
    ContentItemFactory.create(module=module, title="C1")

    for slug, modules, prerequisites in [("python", ["A", "B"], []), ("other", ["C"], ["Basics"])] * 2:
        listed = client.get(f"{URL}{slug}/modules/").json()
        rows = listed["results"] if isinstance(listed, dict) else listed
        assert [row["title"] for row in rows] == modules
        required_courses = client.get(f"{URL}{slug}/prerequisites/").json()["results"]
        assert [row["required_title"] for row in required_courses] == prerequisites
