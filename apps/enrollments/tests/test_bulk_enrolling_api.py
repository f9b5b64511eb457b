"""Many learners into one course at once."""

from typing import Any

import pytest
from django.db import IntegrityError

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.enrollments.services import enroll
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import GroupMembership, User
from tests.fixtures import ClientOf

URL = "/api/enrollments/"


def change(tenant: Tenant, course: Course, **values: Any) -> None:
    with tenant_context(tenant):
        Course.objects.filter(id=course.id).update(**values)


def count(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return Enrollment.objects.count()


def test_many_at_once_answers_for_each(admin: User, course: Course, as_user: ClientOf, school: Tenant) -> None:
    change(school, course, seat_limit=3, seats_taken=1)
    with tenant_context(school):
        enrolled, dropped, new, late = UserFactory.create_batch(4)
        suspended = UserFactory.create(status="suspended")
        EnrollmentFactory.create(course=course, user=enrolled)
        EnrollmentFactory.create(course=course, user=dropped, status="dropped")
    people = [enrolled, dropped, new, late, suspended, new]

    response = as_user(admin).post(f"{URL}bulk/", {"course": "python", "users": [str(person.id) for person in people]})

    results = {row["user"]: row["result"] for row in response.json()["results"]}
    assert results == {
        str(enrolled.id): "already_enrolled",
        str(dropped.id): "reopened",
        str(new.id): "created",
        str(late.id): "course_full",
        str(suspended.id): "user_not_found",
    }
    with tenant_context(school):
        assert Course.objects.get().seats_taken == 3
        assert Enrollment.objects.filter(status="active").count() == 3


def test_a_group_at_once_obeys_the_rules_for_oneself(
    admin: User, learner: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    change(school, course, self_enrollment=False)
    with tenant_context(school):
        group = GroupFactory.create()
        for person in (admin, learner):
            GroupMembership.objects.create(group=group, user=person)

    response = as_user(admin).post(f"{URL}bulk/", {"course": "python", "group": str(group.id)})

    assert [row["result"] for row in response.json()["results"]] == ["self_enrollment_closed", "created"]


def test_bulk_refuses_as_a_whole_what_is_wrong_as_a_whole(
    admin: User, learner: User, stranger: User, instructor: User, course: Course, as_user: ClientOf, school: Tenant
) -> None:
    one = {"course": "python", "users": [str(learner.id)]}
    many = {"course": "python", "users": [str(UserFactory.build().id) for _ in range(501)]}
    past = {**one, "expires_at": "2020-01-01T00:00:00Z"}

    answers = [as_user(admin).post(f"{URL}bulk/", body).status_code for body in (many, past, {"course": "python"})]
    denied = [as_user(person).post(f"{URL}bulk/", one).status_code for person in (learner, stranger)]
    change(school, course, status="draft")
    draft = as_user(instructor).post(f"{URL}bulk/", one)

    assert answers == [400, 400, 400]
    assert denied == [403, 400]
    assert draft.json()["code"] == "course_not_open"
    assert count(school) == 0


def test_a_group_too_large_is_refused(admin: User, course: Course, as_user: ClientOf, school: Tenant) -> None:
    with tenant_context(school):
        group = GroupFactory.create()
        people = User.objects.bulk_create(UserFactory.build(tenant_id=school.id) for _ in range(501))
        GroupMembership.objects.bulk_create(GroupMembership(group=group, user=person) for person in people)

    response = as_user(admin).post(f"{URL}bulk/", {"course": "python", "group": str(group.id)})

    assert (response.status_code, response.json()["code"]) == (400, "too_many")
    assert count(school) == 0


def test_a_constraint_without_a_rule_is_no_enrolment_that_is_there(
    in_school: Tenant, learner: User, course: Course
) -> None:
    with pytest.raises(IntegrityError):
        enroll(user=learner, course=course, by=learner, status="nonsense")  # type: ignore[arg-type]

    assert Enrollment.objects.count() == 0
