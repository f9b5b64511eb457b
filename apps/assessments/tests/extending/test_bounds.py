"""More time for those who sit there already: what a grant, its change and its end do to running attempts."""

import json
from datetime import datetime
from random import Random
from typing import Any

import pytest

from apps.assessments.events import AttemptDeadlineChanged
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation
from apps.assessments.services import (
    change_accommodation,
    change_assessment,
    create_accommodation,
    delete_accommodation,
    extending,
    start_attempt,
)
from apps.assessments.tests.extending.conftest import MINUTE, SOON, START, bounds, moves, started
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.users.factories import GroupFactory
from apps.users.models import GroupMembership, User
from tests.fixtures import ClientOf


def test_a_teacher_gives_more_time_and_the_learner_has_it_at_once(
    school: Tenant,
    course: Course,
    instructor: User,
    learner: User,
    principal: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        assessment = AssessmentFactory.create(course=course, questions=1, time_limit_minutes=30)
        attempt = start_attempt(assessment=assessment, by=learner).attempt
    assert attempt.deadline_at is not None
    body = {
        "user": str(learner.id),
        "assessment": str(assessment.id),
        "extra_time_percentage": 50,
        "reason": "Private.",
    }
    url = f"/api/attempts/{attempt.id}/"

    refused = [as_user(person).post("/api/accommodations/", body).status_code for person in (learner, principal)]
    refused.append(as_user(stranger).post("/api/accommodations/", body).status_code)
    before = as_user(learner).get(url).json()
    granted = as_user(instructor).post("/api/accommodations/", body)
    after = as_user(learner).get(url).json()
    saved = as_user(learner).patch(url, {"answers": {}})
    entries = as_user(learner).get(f"{url}journal/").json()["results"]

    assert refused == [403, 403, 400]
    assert granted.status_code == 201
    assert datetime.fromisoformat(before["deadline_at"]) == attempt.deadline_at
    assert datetime.fromisoformat(after["deadline_at"]) == attempt.deadline_at + 15 * MINUTE
    assert 44 * 60 < after["seconds_left"] <= 45 * 60
    assert [entry["kind"] for entry in entries] == ["started", "deadline_changed", "saved"]
    told = json.loads(entries[1]["content"])
    assert datetime.fromisoformat(told["deadline_at"]["to"]) == attempt.deadline_at + 15 * MINUTE
    assert told["by"] == str(instructor.id)
    assert "Private" not in entries[1]["content"]
    assert (saved.json()["receipt"]["entry_index"], saved.json()["deadline_at"]) == (2, after["deadline_at"])
    assert as_user(learner).get(f"{url}verify/").json()["is_intact"] is True


def test_a_bound_moves_later_and_never_back(quiz: Any, learner: User, admin: User) -> None:
    attempt = started(quiz(), learner)

    given = create_accommodation(by=admin, user=learner, extra_time_percentage=100, now=SOON)
    seen = [bounds(attempt)]
    change_accommodation(accommodation=given, by=admin, extra_time_percentage=10, now=SOON)
    seen.append(bounds(attempt))
    change_accommodation(accommodation=given, by=admin, extra_time_percentage=200, now=SOON)
    seen.append(bounds(attempt))
    delete_accommodation(accommodation=given, by=None, now=SOON)
    seen.append(bounds(attempt))

    assert seen == [(60 * MINUTE, None), (60 * MINUTE, None), (90 * MINUTE, None), (90 * MINUTE, None)]
    assert [(move["by"], move["deadline_at"]["to"]) for move in moves(attempt)] == [
        (str(admin.id), str(START + 60 * MINUTE)),
        (str(admin.id), str(START + 90 * MINUTE)),
    ]
    with pytest.raises(Accommodation.DoesNotExist):
        given.refresh_from_db()


def test_dates_that_are_granted_move_deadline_and_due_date(quiz: Any, learner: User) -> None:
    assessment = quiz(time_limit_minutes=None, closes_at=START + 60 * MINUTE, due_at=START + 20 * MINUTE)
    attempt = started(assessment, learner)

    given = create_accommodation(by=None, user=learner, due_at=START + 50 * MINUTE, now=SOON)
    seen = [bounds(attempt)]
    change_accommodation(accommodation=given, by=None, closes_at=START + 90 * MINUTE, due_at=None, now=SOON)
    seen.append(bounds(attempt))

    assert seen == [(60 * MINUTE, 50 * MINUTE), (90 * MINUTE, 50 * MINUTE)]
    assert [move["due_at"]["to"] for move in moves(attempt)] == [str(START + 50 * MINUTE)] * 2


def test_a_date_that_kept_an_attempt_short_goes_with_its_accommodation(quiz: Any, learner: User) -> None:
    assessment = quiz(time_limit_minutes=None)
    given = create_accommodation(
        by=None, user=learner, closes_at=START + 60 * MINUTE, due_at=START + 20 * MINUTE, now=START
    )
    attempt = started(assessment, learner)
    before = bounds(attempt)

    delete_accommodation(accommodation=given, by=None, now=SOON)

    assert (before, bounds(attempt)) == ((60 * MINUTE, 20 * MINUTE), (None, None))
    assert moves(attempt)[0]["deadline_at"] == {"from": str(START + 60 * MINUTE), "to": None}


def test_an_attempt_without_bounds_gets_none(quiz: Any, learner: User) -> None:
    attempt = started(quiz(time_limit_minutes=None), learner)

    create_accommodation(
        by=None, user=learner, extra_time_percentage=50, closes_at=SOON + MINUTE, due_at=SOON + MINUTE, now=SOON
    )

    assert (bounds(attempt), moves(attempt)) == ((None, None), [])


def test_what_became_of_the_assessment_meanwhile_does_not_count(quiz: Any, learner: User) -> None:
    assessment = quiz(closes_at=START + 300 * MINUTE)
    attempt = started(assessment, learner)

    change_assessment(assessment=assessment, by=None, time_limit_minutes=120, due_at=START + MINUTE)
    untouched = bounds(attempt)
    create_accommodation(by=None, user=learner, extra_time_percentage=10, now=SOON)

    assert (untouched, bounds(attempt)) == ((30 * MINUTE, None), (33 * MINUTE, None))


def test_an_attempt_of_before_the_bounds_were_noted_takes_the_assessment_s(
    quiz: Any, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.assessments.services.starting.bounds_of", lambda _: {})
    attempt = started(quiz(), learner)

    create_accommodation(by=None, user=learner, extra_time_percentage=10, now=SOON)

    assert bounds(attempt) == (33 * MINUTE, None)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_granted_and_taken_away_no_bound_moves_back(quiz: Any, learner: User, seed: int) -> None:
    dice = Random(seed)
    attempt = started(quiz(due_at=START + 20 * MINUTE, closes_at=START + 50 * MINUTE), learner)
    given: list[Accommodation] = []
    groups = [GroupFactory.create() for _ in range(2)]
    for group in groups:
        GroupMembership.objects.create(group=group, user=learner)
    held = bounds(attempt)

    for _ in range(12):
        terms: dict[str, Any] = {
            "extra_time_percentage": dice.choice([0, 10, 50, 200]),
            "due_at": dice.choice([None, START + dice.randint(1, 99) * MINUTE]),
            "closes_at": dice.choice([None, START + dice.randint(20, 99) * MINUTE]),
        }
        free = [each for each in (learner, *groups) if each.pk not in {row.user_id or row.group_id for row in given}]
        if free and (not given or dice.random() < 0.5):
            to = {"user": free[0]} if free[0] == learner else {"group": free[0]}
            given.append(create_accommodation(by=None, now=SOON, **to, **terms))
        elif dice.random() < 0.5:
            change_accommodation(accommodation=dice.choice(given), by=None, now=SOON, **terms)
        else:
            delete_accommodation(accommodation=given.pop(), by=None, now=SOON)
        now_held = bounds(attempt)
        assert all(
            after is not None and before is not None and after >= before
            for before, after in zip(held, now_held, strict=True)
        )
        held = now_held

    assert held[0] is not None
    told = [START + 30 * MINUTE, *(datetime.fromisoformat(move["deadline_at"]["to"]) for move in moves(attempt))]
    assert told[-1] == START + held[0]


def test_whoever_cares_is_told(quiz: Any, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(extending, "emit_all", lambda *events: told.extend(events))
    assessment = quiz()
    attempt = started(assessment, learner)

    create_accommodation(by=None, user=learner, extra_time_percentage=10, now=SOON)

    assert told == [
        AttemptDeadlineChanged(
            attempt_id=attempt.id,
            assessment_id=assessment.id,
            course_id=assessment.course_id,
            user_id=learner.id,
            deadline_at=START + 33 * MINUTE,
            due_at=None,
        )
    ]
    assert AttemptDeadlineChanged.from_payload(told[0].payload()) == told[0]
