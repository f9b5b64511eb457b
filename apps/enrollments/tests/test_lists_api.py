"""Who sees which enrolments, in rows that cost the same number of statements however many there are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.access import get_course_access
from apps.courses.factories import CourseFactory
from apps.courses.models import ContentItem, Course
from apps.enrollments.factories import ContentProgressFactory, EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

WithRows = Callable[..., list[Any]]


def statements(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def ids(response: Any) -> set[str]:
    return {row["id"] for row in response.json()["results"]}


def test_everybody_sees_what_is_theirs_to_see(
    learner: User,
    instructor: User,
    admin: User,
    principal: User,
    stranger: User,
    enrollment: Enrollment,
    as_user: ClientOf,
    school: Tenant,
) -> None:
    with tenant_context(school):
        classmate = EnrollmentFactory.create(course=enrollment.course)
        elsewhere = EnrollmentFactory.create()
        of_the_teacher = EnrollmentFactory.create(user=instructor)
    mine, theirs, other, own = (str(row.id) for row in (enrollment, classmate, elsewhere, of_the_teacher))

    seen = {person: ids(as_user(person).get("/api/enrollments/")) for person in (learner, instructor, stranger)}

    assert seen[learner] == {mine}
    assert seen[instructor] == {mine, theirs, own}
    assert seen[stranger] == set()
    for person in (admin, principal):
        assert ids(as_user(person).get("/api/enrollments/")) == {mine, theirs, other, own}
    assert as_user(None).get("/api/enrollments/").status_code == 401


def test_the_list_is_narrowed_as_the_brief_prints(
    instructor: User, learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        dropped = EnrollmentFactory.create(course=enrollment.course, status="dropped", user__last_name="Zuse")
        EnrollmentFactory.create(user=instructor)
    client = as_user(instructor)
    course = enrollment.course_id

    assert ids(client.get(f"/api/enrollments/?course={course}")) == {str(enrollment.id), str(dropped.id)}
    assert ids(client.get(f"/api/enrollments/?course={course}&status=dropped")) == {str(dropped.id)}
    assert ids(client.get(f"/api/enrollments/?user={learner.id}")) == {str(enrollment.id)}
    assert ids(client.get("/api/enrollments/?q=zus")) == {str(dropped.id)}
    assert client.get("/api/enrollments/?status=nonsense").status_code == 400


def test_a_row_carries_learner_and_course(admin: User, enrollment: Enrollment, as_user: ClientOf) -> None:
    row = as_user(admin).get("/api/enrollments/").json()["results"][0]
    detail = as_user(admin).get(f"/api/enrollments/{enrollment.id}/").json()

    assert row["user"]["email"] == "learner@maple.test"
    assert row["course"]["slug"] == "python"
    assert row == {key: value for key, value in detail.items() if key != "history"}


def test_my_enrolments_tell_where_to_resume(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        EnrollmentFactory.create(course=enrollment.course)
        ContentProgressFactory.create(enrollment=enrollment, content_item=items[0], position_seconds=7)
        ContentProgressFactory.create(enrollment=enrollment, content_item=items[1], position_seconds=312)
        Enrollment.objects.filter(id=enrollment.id).update(resume_item=items[1], progress_percentage=25)

    body = as_user(learner).get("/api/enrollments/my/").json()

    assert body["count"] == 1
    row = body["results"][0]
    assert row["progress_percentage"] == 25.0
    assert row["course"]["title"] == "Python"
    assert row["resume"] == {
        "content_item": str(items[1].id),
        "module": str(items[1].module_id),
        "title": items[1].title,
        "content_type": "text",
        "position_seconds": 312,
    }


def test_my_enrolments_by_status(learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant) -> None:
    with tenant_context(school):
        done = EnrollmentFactory.create(user=learner, completed=True)
    client = as_user(learner)

    assert ids(client.get("/api/enrollments/my/?status=completed")) == {str(done.id)}
    assert client.get("/api/enrollments/my/").json()["results"][1]["resume"] is None
    assert client.get("/api/enrollments/my/?status=nonsense").status_code == 400


@pytest.mark.parametrize(
    ("url", "whose", "maximum"),
    [
        ("/api/enrollments/my/?page_size=50", "learner", 3),
        ("/api/enrollments/?page_size=50", "admin", 3),
        ("/api/enrollments/?page_size=50", "instructor", 3),
        ("/api/courses/python/roster/?page_size=50", "admin", 4),
        ("/api/courses/python/roster/?page_size=50", "instructor", 4),
        ("/api/courses/python/enrollment-stats/", "instructor", 3),
    ],
)
def test_lists_cost_the_same_for_three_rows_and_for_thirty(
    request: pytest.FixtureRequest, as_user: ClientOf, with_rows: WithRows, url: str, whose: str, maximum: int
) -> None:
    person = request.getfixturevalue(whose)
    client = as_user(person)
    owner = person if "/my/" in url else None
    with_rows(3, owner)

    for_three = statements(client, url)
    with_rows(27, owner)
    for_thirty = statements(client, url)

    assert for_three == for_thirty <= maximum


def test_the_progress_list_costs_the_same_for_three_rows_and_for_thirty(
    learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    client = as_user(learner)
    counts = []
    for number in (3, 27):
        with tenant_context(school):
            ContentProgressFactory.create_batch(number, enrollment=enrollment)
        counts.append(statements(client, "/api/progress/?page_size=50"))

    assert counts[0] == counts[1] <= 3


def test_the_roster_is_for_who_teaches_and_who_reads_all(
    learner: User, instructor: User, stranger: User, principal: User, enrollment: Enrollment, as_user: ClientOf,
    school: Tenant,
) -> None:  # fmt: skip
    with tenant_context(school):
        author = UserFactory.create(roles=["instructor"])
    url = "/api/courses/python/roster/"

    for person in (instructor, principal):
        assert ids(as_user(person).get(url)) == {str(enrollment.id)}
        assert ids(as_user(person).get(f"{url}?status=dropped")) == set()
    for suffix in ("roster/", "enrollment-stats/"):
        answers = [
            as_user(person).get(f"/api/courses/python/{suffix}").status_code for person in (learner, author, stranger)
        ]
        assert answers == [403, 403, 404]


def test_the_numbers_of_a_course(instructor: User, course: Course, as_user: ClientOf, school: Tenant) -> None:
    with tenant_context(school):
        EnrollmentFactory.create(course=course, completed=True)
        EnrollmentFactory.create(course=course, progress_percentage=50, last_activity_at=timezone.now())
        EnrollmentFactory.create(course=course, status="pending")
        EnrollmentFactory.create(course=course, status="dropped", progress_percentage=20)

    body = as_user(instructor).get(f"/api/courses/{course.id}/enrollment-stats/").json()

    assert body == {
        "total": 4,
        "pending": 1,
        "active": 1,
        "completed": 1,
        "dropped": 1,
        "expired": 0,
        "suspended": 0,
        "active_last_30_days": 1,
        "completion_rate": 33.33,
        "average_progress": 42.5,
    }


def test_the_numbers_of_an_empty_course(instructor: User, course: Course, as_user: ClientOf) -> None:
    body = as_user(instructor).get(f"/api/courses/{course.id}/enrollment-stats/").json()

    assert set(body.values()) == {0}


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ({}, True),
        ({"status": "completed", "completed_at": timezone.now()}, True),
        ({"status": "dropped"}, False),
        ({"expires_at": timezone.now()}, False),
    ],
)
def test_courses_learn_who_may_open_them(
    in_school: Tenant, learner: User, enrollment: Enrollment, items: list[ContentItem], values: Any, is_open: bool
) -> None:
    Enrollment.objects.update(**values)
    ContentProgressFactory.create(enrollment=enrollment, content_item=items[0], status="completed")

    with CaptureQueriesContext(connection) as queries:
        access = get_course_access(learner, enrollment.course_id)

    assert len(queries) == 1
    assert access.is_enrolled is is_open
    assert access.progress.keys() == {items[0].id}
    assert access.progress[items[0].id]["percentage"] == 100


def test_without_an_enrolment_nothing_is_open(in_school: Tenant, learner: User, course: Course) -> None:
    assert get_course_access(learner, course.id).is_enrolled is False
    assert get_course_access(learner, CourseFactory.create().id).progress == {}
