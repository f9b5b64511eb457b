"""Accommodations: who grants them, and what they do to the terms of a learner."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.assessments.models import Accommodation, Assessment
from apps.assessments.services import add_question, create_accommodation, start_attempt
from apps.assessments.tests.authoring.conftest import CountOf, ask
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import UserFactory
from apps.users.models import Group, GroupMembership, User
from tests.fixtures import ClientOf

ACCOMMODATIONS = "/api/accommodations/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(row: Any) -> str:
    return f"{ACCOMMODATIONS}{row['id']}/"


def test_the_teacher_grants_in_their_assessment_and_the_staff_everywhere(
    school: Tenant,
    quiz: Assessment,
    instructor: User,
    colleague: User,
    admin: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    body = {"user": str(learner.id), "extra_time_percentage": 25}
    here = body | {"assessment": str(quiz.id)}

    refused = [as_user(person).post(ACCOMMODATIONS, here) for person in (colleague, principal, learner, stranger)]
    everywhere = as_user(instructor).post(ACCOMMODATIONS, body)
    with tenant_context(school):
        nothing = not Accommodation.objects.exists()
    made = as_user(instructor).post(ACCOMMODATIONS, here)
    general = as_user(admin).post(ACCOMMODATIONS, body)

    assert [answer.status_code for answer in refused] == [400, 403, 403, 400]
    assert everywhere.status_code == 403
    assert nothing
    assert (made.status_code, general.status_code) == (201, 201)
    assert made.json()["assessment"] == str(quiz.id)


def test_who_sees_and_changes_them(
    school: Tenant,
    quiz: Assessment,
    instructor: User,
    colleague: User,
    admin: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        here = create_accommodation(by=None, user=learner, assessment=quiz, extra_attempts=1, reason="Ill that day.")
        everywhere = create_accommodation(by=None, user=learner, extra_time_percentage=10)
    address = f"{ACCOMMODATIONS}{here.id}/"
    people = (instructor, colleague, principal, learner, stranger)

    counts = [as_user(person).get(ACCOMMODATIONS).json().get("count") for person in people]
    shown = [as_user(person).get(address).status_code for person in people]
    refused = [as_user(person).patch(address, {"extra_attempts": 9}).status_code for person in people[1:]]
    refused += [as_user(person).delete(address).status_code for person in people[1:]]
    general = as_user(instructor).patch(f"{ACCOMMODATIONS}{everywhere.id}/", {"extra_attempts": 9}).status_code
    with tenant_context(school):
        untouched = Accommodation.objects.get(id=here.id).extra_attempts
    changed = as_user(instructor).patch(address, {"extra_attempts": 2, "user": str(colleague.id)}).json()

    assert counts == [1, 0, 2, None, 0]
    assert shown == [200, 404, 200, 403, 404]
    assert refused == [404, 403, 403, 404] * 2
    assert (general, untouched) == (404, 1)
    assert (changed["extra_attempts"], changed["user"]) == (2, str(learner.id))
    assert as_user(admin).delete(address).status_code == 204


def test_lists_narrow_by_learner_group_and_assessment(
    school: Tenant, quiz: Assessment, admin: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        group = Group.objects.create(name="Evening class")
        create_accommodation(by=None, user=learner, assessment=quiz)
        create_accommodation(by=None, group=group)
    client = as_user(admin)

    counts = [
        client.get(ACCOMMODATIONS, {name: str(row.id)}).json()["count"]
        for name, row in (("user", learner), ("group", group), ("assessment", quiz))
    ]

    assert counts == [1, 1, 1]
    assert client.get(ACCOMMODATIONS, {"user": str(admin.id)}).json()["count"] == 0


@pytest.mark.parametrize("place", ["here", "everywhere"])
def test_there_is_one_for_each_place(
    quiz: Assessment, admin: User, learner: User, as_user: ClientOf, place: str
) -> None:
    body = {"user": str(learner.id)} | ({"assessment": str(quiz.id)} if place == "here" else {})

    answers = [as_user(admin).post(ACCOMMODATIONS, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "accommodation_exists"


def test_it_is_for_one_and_its_window_is_open(
    school: Tenant, quiz: Assessment, admin: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    client = as_user(admin)
    with tenant_context(school):
        group = Group.objects.create(name="Evening class")
    window = {"opens_at": "2026-03-02T12:00:00Z", "closes_at": "2026-03-02T11:00:00Z"}

    nobody = client.post(ACCOMMODATIONS, {"extra_attempts": 1})
    both = client.post(ACCOMMODATIONS, {"user": str(learner.id), "group": str(group.id)})
    closed = client.post(ACCOMMODATIONS, {"user": str(learner.id)} | window)
    unknown = client.post(ACCOMMODATIONS, {"user": str(stranger.id)})
    absurd = client.post(ACCOMMODATIONS, {"user": str(learner.id), "extra_time_percentage": 1001})
    made = client.post(ACCOMMODATIONS, {"group": str(group.id)}).json()
    later = client.patch(at(made), window)

    assert [answer.json()["code"] for answer in (nobody, both, closed, later)] == [
        "user_or_group", "user_or_group", "invalid_dates", "invalid_dates",
    ]  # fmt: skip
    assert (unknown.status_code, absurd.status_code) == (400, 400)
    with tenant_context(school):
        assert Accommodation.objects.get().opens_at is None


def test_two_people_do_not_overwrite_each_other(
    quiz: Assessment, instructor: User, admin: User, learner: User, as_user: ClientOf
) -> None:
    made = as_user(admin).post(ACCOMMODATIONS, {"user": str(learner.id), "assessment": str(quiz.id)})
    tag = {"If-Match": made.headers["ETag"]}

    first = as_user(admin).patch(at(made.json()), {"extra_attempts": 1}, headers=tag)
    second = as_user(instructor).patch(at(made.json()), {"extra_attempts": 5}, headers=tag)

    assert (first.status_code, second.status_code) == (200, 412)


def test_the_list_costs_the_same_for_three_and_for_thirty(
    school: Tenant, quiz: Assessment, admin: User, as_user: ClientOf, count_queries: CountOf
) -> None:
    client = as_user(admin)
    counts = []

    for more in (3, 27):
        with tenant_context(school):
            for user in UserFactory.create_batch(more):
                create_accommodation(by=None, user=user, assessment=quiz)
        counts.append(count_queries(lambda: client.get(ACCOMMODATIONS, {"page_size": 50})))

    assert counts[0] == counts[1]
    assert counts[0] <= 4


def test_a_learner_sees_the_terms_that_hold_for_them(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, principal: User, as_user: ClientOf
) -> None:
    address = f"/api/assessments/{quiz.id}/"
    closes = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    as_user(instructor).patch(
        address, {"time_limit_minutes": 30, "max_attempts": 1, "closes_at": closes.isoformat(), "access_code": "x"}
    )
    plain = as_user(learner).get(address).json()["terms"]
    with tenant_context(school):
        group = Group.objects.create(name="Evening class")
        GroupMembership.objects.create(group=group, user=learner)
        create_accommodation(by=None, user=learner, extra_time_percentage=25, reason="Private.")
        create_accommodation(
            by=None, group=group, assessment=quiz, extra_attempts=1, closes_at=closes + timedelta(days=2)
        )
        add_question(assessment=quiz, question=ask(instructor).question, by=instructor)
        quiz.refresh_from_db()
        attempt = start_attempt(assessment=quiz, by=learner, access_code="x").attempt

    granted = as_user(learner).get(address)

    assert (plain["time_limit_seconds"], plain["max_attempts"], plain["attempts_left"]) == (1800, 1, 1)
    assert granted.json()["terms"] == {
        "opens_at": None,
        "due_at": None,
        "closes_at": (closes + timedelta(days=2)).isoformat().replace("+00:00", "Z"),
        "time_limit_seconds": 2250,
        "max_attempts": 2,
        "attempts_used": 1,
        "attempts_left": 1,
        "open_attempt": str(attempt.id),
    }
    assert "Private" not in granted.content.decode()
    assert "access_code" not in granted.json()
    assert attempt.deadline_at == attempt.started_at + timedelta(seconds=2250)
    assert as_user(principal).get(address).json()["terms"] is None
    assert "terms" not in as_user(instructor).get(address).json()
