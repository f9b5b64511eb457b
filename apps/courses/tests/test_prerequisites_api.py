"""What must come first, over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory, ModuleFactory
from apps.courses.models import Course, CoursePrerequisite, Module, ModulePrerequisite
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_course_asks_for_another_one(course: Course, instructor: User, learner: User, as_user: ClientOf) -> None:
    basics = CourseFactory.create(title="Basics", slug="basics")
    url = f"/api/courses/{course.slug}/prerequisites/"

    added = as_user(instructor).post(url, {"required_course": str(basics.id), "minimum_completion": 80})
    twice = as_user(instructor).post(url, {"required_course": str(basics.id)})
    listed = as_user(learner).get(url).json()
    removed = as_user(instructor).delete(f"{url}{added.json()['id']}/")
    again = as_user(instructor).delete(f"{url}{added.json()['id']}/")

    assert added.status_code == 201, added.json()
    assert twice.json()["code"] == "already_required"
    assert listed["results"] == [
        {
            "id": added.json()["id"],
            "kind": "required",
            "minimum_completion": 80,
            "required_title": "Basics",
            "required_course": str(basics.id),
            "required_slug": "basics",
            "required_status": "published",
        }
    ]
    assert (removed.status_code, again.status_code) == (204, 404)


def test_circles_of_courses_are_refused(in_school: Tenant, admin: User, as_user: ClientOf) -> None:
    first, second, third = CourseFactory.create_batch(3)
    client = as_user(admin)

    def require(course: Course, required: Course) -> int:
        url = f"/api/courses/{course.id}/prerequisites/"
        return int(client.post(url, {"required_course": str(required.id)}).status_code)

    statuses = [require(first, second), require(second, third), require(third, first), require(first, first)]

    assert statuses == [201, 201, 409, 409]
    assert CoursePrerequisite.objects.count() == 2


def test_a_draft_of_others_cannot_be_required_and_shows_no_title(
    course: Course, instructor: User, admin: User, as_user: ClientOf
) -> None:
    draft = CourseFactory.create(title="Secret plans", status="draft")
    url = f"/api/courses/{course.slug}/prerequisites/"

    by_instructor = as_user(instructor).post(url, {"required_course": str(draft.id)})

    assert (by_instructor.status_code, by_instructor.json()["code"]) == (400, "unknown_requirement")
    assert b"Secret plans" not in by_instructor.content
    assert CoursePrerequisite.objects.count() == 0
    assert as_user(admin).post(url, {"required_course": str(draft.id)}).status_code == 201


def test_a_course_of_another_school_cannot_be_required(
    course: Course, other_school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(other_school):
        foreign = CourseFactory.create()

    response = as_user(instructor).post(
        f"/api/courses/{course.id}/prerequisites/", {"required_course": str(foreign.id)}
    )

    assert (response.status_code, response.json()["code"]) == (400, "unknown_requirement")
    assert not CoursePrerequisite.objects.exists()


@pytest.mark.parametrize("body", [{}, {"required_course": "x"}, {"kind": "wish"}, {"minimum_completion": 0}])
def test_a_malformed_prerequisite_is_refused(
    body: dict[str, str], course: Course, instructor: User, as_user: ClientOf
) -> None:
    assert as_user(instructor).post(f"/api/courses/{course.id}/prerequisites/", body).status_code == 400


def test_a_module_asks_for_another_one_of_its_course(
    course: Course, instructor: User, learner: User, as_user: ClientOf
) -> None:
    first, second = Module.objects.order_by("title")
    foreign = ModuleFactory.create()
    url = f"/api/modules/{second.id}/prerequisites/"
    client = as_user(instructor)

    added = client.post(url, {"required_module": str(first.id), "kind": "recommended"})
    circle = client.post(f"/api/modules/{first.id}/prerequisites/", {"required_module": str(second.id)})
    unknown = client.post(url, {"required_module": str(foreign.id)})
    listed = as_user(learner).get(url).json()["results"]
    removed = client.delete(f"{url}{added.json()['id']}/")
    missing = [client.delete(f"{url}{name}/").status_code for name in (added.json()["id"], "x")]

    assert added.status_code == 201, added.json()
    assert circle.json()["code"] == "prerequisite_cycle"
    assert unknown.json()["code"] == "unknown_requirement"
    assert [(row["required_title"], row["kind"]) for row in listed] == [("A", "recommended")]
    assert (removed.status_code, missing) == (204, [404, 404])
    assert not ModulePrerequisite.objects.exists()


def test_lists_take_the_same_statements_for_3_and_30(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    course = CourseFactory.create()
    client = as_user(learner)
    counts = []

    for number in (3, 27):
        for required in CourseFactory.create_batch(number):
            CoursePrerequisite.objects.create(course=course, required_course=required)
        with CaptureQueriesContext(connection) as queries:
            body = client.get(f"/api/courses/{course.id}/prerequisites/").json()
        counts.append((body["count"], len(queries)))

    assert counts == [(3, 3), (30, 3)]
