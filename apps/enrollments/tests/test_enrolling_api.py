"""Enrolling: by oneself, by staff, one by one and many at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory, CoursePrerequisiteFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/enrollments/"


def change(tenant: Tenant, course: Course, **values: Any) -> None:
    with tenant_context(tenant):
        Course.objects.filter(id=course.id).update(**values)


def count(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return Enrollment.objects.count()


@pytest.mark.parametrize("address", ["id", "slug"])
def test_a_learner_enrols_as_the_brief_prints(
    learner: User, course: Course, as_user: ClientOf, school: Tenant, address: str
) -> None:
    response = as_user(learner).post(URL, {"course": str(getattr(course, address))})

    body = response.json()
    assert response.status_code == 201
    assert body["status"] == "active"
    assert body["source"] == "self"
    assert body["course"] == {"id": str(course.id), "title": "Python", "slug": "python", "thumbnail_url": ""}
    assert body["user"]["id"] == str(learner.id)
    assert body["history"] == f"/api/enrollments/{body['id']}/history/"
    with tenant_context(school):
        assert Course.objects.get(id=course.id).seats_taken == 1
        assert EnrollmentTransition.objects.get().to_status == "active"


def test_access_ends_when_the_course_says(learner: User, course: Course, as_user: ClientOf, school: Tenant) -> None:
    change(school, course, access_days=30)

    as_user(learner).post(URL, {"course": "python"})

    with tenant_context(school):
        enrollment = Enrollment.objects.get()
    assert enrollment.expires_at == enrollment.enrolled_at + timedelta(days=30)


def test_enrolling_twice_names_the_enrolment_that_is_there(
    learner: User, course: Course, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    response = as_user(learner).post(URL, {"course": "python"})

    assert response.status_code == 409
    assert response.json()["code"] == "already_enrolled"
    assert response.json()["enrollment"] == str(enrollment.id)
    assert response.json()["enrollment_status"] == "active"
    assert count(school) == 1


def test_the_same_key_gets_the_same_answer(learner: User, course: Course, as_user: ClientOf, school: Tenant) -> None:
    client = as_user(learner)

    first = client.post(URL, {"course": "python"}, headers={"Idempotency-Key": "a-key"})
    again = client.post(URL, {"course": "python"}, headers={"Idempotency-Key": "a-key"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert count(school) == 1


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"self_enrollment": False}, 403, "self_enrollment_closed"),
        ({"price_amount": 4900}, 402, "payment_required"),
        ({"seat_limit": 1, "seats_taken": 1}, 409, "course_full"),
        ({"status": "draft"}, 400, "invalid"),
    ],
)
def test_what_the_course_asks_is_enforced(
    learner: User, course: Course, as_user: ClientOf, school: Tenant, values: dict[str, Any], status: int, code: str
) -> None:
    change(school, course, **values)

    response = as_user(learner).post(URL, {"course": "python"})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert count(school) == 0


@pytest.mark.parametrize(
    ("kind", "standing", "is_enough"),
    [
        ("required", None, False),
        ("required", {"progress_percentage": 79}, False),
        ("required", {"progress_percentage": 80}, True),
        ("required", {"completed": True, "progress_percentage": 10}, True),
        ("corequisite", None, False),
        ("corequisite", {"status": "dropped"}, False),
        ("corequisite", {}, True),
        ("recommended", None, True),
    ],
)
def test_prerequisites_are_enforced(
    learner: User,
    course: Course,
    as_user: ClientOf,
    school: Tenant,
    kind: str,
    standing: dict[str, Any] | None,
    is_enough: bool,
) -> None:
    with tenant_context(school):
        first = CourseFactory.create(title="Basics")
        CoursePrerequisiteFactory.create(course=course, required_course=first, kind=kind, minimum_completion=80)
        if standing is not None:
            EnrollmentFactory.create(course=first, user=learner, **standing)

    response = as_user(learner).post(URL, {"course": "python"})

    if is_enough:
        assert response.status_code == 201
    else:
        assert (response.status_code, response.json()["code"]) == (409, "prerequisites_missing")
        assert response.json()["missing"][0]["course"] == str(first.id)
        assert "Basics" in response.json()["detail"]


def test_who_dropped_comes_back_to_the_same_enrolment(
    learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        Enrollment.objects.update(status="dropped", progress_percentage=40)

    response = as_user(learner).post(URL, {"course": "python"})

    assert response.status_code == 201
    assert response.json()["id"] == str(enrollment.id)
    assert response.json()["status"] == "active"


def test_leaving_and_coming_back_starts_no_time_anew(
    learner: User, instructor: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        Enrollment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    left = as_user(learner).post(f"{URL}{enrollment.id}/drop/", {})
    back = as_user(learner).post(URL, {"course": "python"})

    assert (left.status_code, left.json()["status"]) == (200, "dropped")
    assert (back.status_code, back.json()["code"]) == (403, "access_over")
    with tenant_context(school):
        assert Enrollment.objects.get().status == "dropped"
    by_staff = as_user(instructor).post(URL, {"course": "python", "user": str(learner.id)})
    assert by_staff.json()["status"] == "active"


@pytest.mark.parametrize("status", ["expired", "suspended", "pending", "completed"])
def test_only_staff_bring_other_enrolments_back(
    learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant, status: str
) -> None:
    with tenant_context(school):
        Enrollment.objects.update(status=status, completed_at=timezone.now())

    response = as_user(learner).post(URL, {"course": "python"})

    assert (response.status_code, response.json()["code"]) == (409, "already_enrolled")
    with tenant_context(school):
        assert Enrollment.objects.get().status == status


def test_staff_enrol_somebody_whatever_the_course_asks(
    instructor: User, learner: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    change(school, course, price_amount=100, self_enrollment=False)
    ends = timezone.now() + timedelta(days=3)

    response = as_user(instructor).post(
        URL, {"course": "python", "user": str(learner.id), "status": "pending", "expires_at": ends.isoformat()}
    )

    assert response.status_code == 201
    assert (response.json()["status"], response.json()["source"]) == ("pending", "staff")
    assert response.json()["user"]["id"] == str(learner.id)


def test_staff_reopen_an_expired_enrolment_with_new_time(
    admin: User, learner: User, enrollment: Enrollment, as_user: ClientOf, school: Tenant
) -> None:
    ends = timezone.now() + timedelta(days=3)
    with tenant_context(school):
        Enrollment.objects.update(status="expired", expires_at=timezone.now() - timedelta(days=1))

    response = as_user(admin).post(URL, {"course": "python", "user": str(learner.id), "expires_at": ends.isoformat()})

    assert response.json()["status"] == "active"
    with tenant_context(school):
        assert Enrollment.objects.get().expires_at == ends


def test_access_cannot_end_before_it_begins(admin: User, learner: User, course: Course, as_user: ClientOf) -> None:
    response = as_user(admin).post(
        URL, {"course": "python", "user": str(learner.id), "expires_at": "2020-01-01T00:00:00Z"}
    )

    assert (response.status_code, response.json()["code"]) == (400, "expiry_in_the_past")


def test_staff_do_not_enrol_into_a_draft(
    admin: User, learner: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    change(school, course, status="draft")

    response = as_user(admin).post(URL, {"course": "python", "user": str(learner.id)})

    assert (response.status_code, response.json()["code"]) == (409, "course_not_open")


def test_nobody_else_enrols_others(
    learner: User, principal: User, stranger: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        other, author = UserFactory.create(), UserFactory.create(roles=["instructor"])
    body = {"course": "python", "user": str(other.id)}

    answers = [as_user(person).post(URL, body).status_code for person in (learner, author, principal, stranger)]

    assert answers == [403, 403, 403, 400]
    assert count(school) == 0


def test_learners_choose_neither_status_nor_expiry(
    learner: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    response = as_user(learner).post(URL, {"course": "python", "status": "active"})

    assert response.status_code == 403
    assert count(school) == 0


def test_platform_staff_name_whom_they_enrol(
    platform_staff: User, learner: User, course: Course, school: Tenant, as_user: ClientOf
) -> None:
    client = as_user(platform_staff)
    at_the_school = {"X-Tenant-Slug": "maple"}

    themselves = client.post(URL, {"course": "python"}, headers=at_the_school)
    somebody = client.post(URL, {"course": "python", "user": str(learner.id)}, headers=at_the_school)

    assert (themselves.status_code, somebody.status_code) == (400, 201)


@pytest.mark.parametrize("course_named", ["nothing", "", "\x00", "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"])
def test_an_unknown_course_is_an_error_of_the_field(learner: User, as_user: ClientOf, course_named: str) -> None:
    response = as_user(learner).post(URL, {"course": course_named})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "course"
