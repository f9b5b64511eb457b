"""Which attempts a grant moves, and which it leaves alone."""

from datetime import timedelta
from typing import Any

import pytest

from apps.assessments.choices import AttemptStatus, SubmittedBy
from apps.assessments.models import Attempt
from apps.assessments.services import create_accommodation, start_attempt, take_attempt
from apps.assessments.tests.extending.conftest import MINUTE, SOON, START, bounds, moves, started
from apps.users.models import User
from tests.fixtures import ClientOf


def test_only_the_assessment_that_is_named_moves(quiz: Any, learner: User) -> None:
    here, there = quiz(), quiz()
    attempts = [started(assessment, learner) for assessment in (here, there)]

    create_accommodation(by=None, user=learner, assessment=here, extra_time_percentage=100, now=SOON)
    one = [bounds(attempt)[0] for attempt in attempts]
    create_accommodation(by=None, user=learner, extra_time_percentage=50, now=SOON)

    assert one == [60 * MINUTE, 30 * MINUTE]
    assert [bounds(attempt)[0] for attempt in attempts] == [60 * MINUTE, 45 * MINUTE]


@pytest.mark.parametrize("late", [timedelta(seconds=5), timedelta(seconds=6)])
def test_whose_time_is_up_is_handed_in_and_not_revived(quiz: Any, learner: User, late: timedelta) -> None:
    attempt = started(quiz(), learner)
    given = create_accommodation(by=None, user=learner, extra_time_percentage=100, now=START + 30 * MINUTE + late)

    stored = Attempt.objects.get()
    if late == timedelta(seconds=5):
        assert (stored.status, bounds(attempt)[0]) == (AttemptStatus.IN_PROGRESS, 60 * MINUTE)
    else:
        assert (stored.submitted_at, stored.submitted_by) == (START + 30 * MINUTE, SubmittedBy.DEADLINE)
        assert (bounds(attempt)[0], moves(attempt)) == (30 * MINUTE, [])
    assert given.id is not None


def test_what_is_handed_in_keeps_its_bounds(quiz: Any, learner: User) -> None:
    attempt = started(quiz(due_at=START + MINUTE), learner)
    take_attempt(attempt_id=attempt.id, submit=True, now=START + 2 * MINUTE)

    create_accommodation(by=None, user=learner, extra_time_percentage=100, due_at=START + 90 * MINUTE, now=SOON)

    assert (bounds(attempt), moves(attempt)) == ((30 * MINUTE, MINUTE), [])


def test_a_grant_that_is_refused_moves_nothing(quiz: Any, learner: User, as_user: ClientOf, admin: User) -> None:
    assessment = quiz()
    attempt = start_attempt(assessment=assessment, by=learner).attempt
    body = {"user": str(learner.id), "extra_time_percentage": 10}
    as_user(admin).post("/api/accommodations/", body)
    deadline = Attempt.objects.get().deadline_at

    twice = as_user(admin).post("/api/accommodations/", body | {"extra_time_percentage": 90})

    assert (twice.status_code, Attempt.objects.get().deadline_at) == (409, deadline)
    assert len(moves(attempt)) == 1
