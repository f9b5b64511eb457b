"""Access codes cannot be tried out: ten wrong ones within an hour, and none is looked at, the right one included."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import AccessCodeGuess, Assessment, Attempt
from apps.assessments.services import Started, change_assessment, start_attempt
from apps.assessments.services.admission import (
    GUESSES_COUNT_FOR,
    MOST_GUESSES,
    TooManyGuesses,
    WrongAccessCode,
    purge_guesses,
)
from apps.assessments.services.starting import AssessmentNotOpen
from apps.assessments.tasks import purge
from apps.assessments.tests.test_races import kinds, together
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CODE = "blue-door"


@pytest.fixture
def exam(school: Tenant, instructor: User, learner: User) -> Assessment:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
        return AssessmentFactory.create(course=course, questions=1, access_code=CODE)


def guess(exam: Assessment, learner: User, code: str = "wrong", now: datetime = START) -> Any:
    """Return what became of a guess: the attempt that started, or the error."""
    try:
        return start_attempt(assessment=exam, by=learner, access_code=code, now=now)
    except (WrongAccessCode, TooManyGuesses, AssessmentNotOpen) as error:
        return error


def test_after_ten_wrong_codes_none_is_looked_at(
    school: Tenant, exam: Assessment, instructor: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    url = f"/api/assessments/{exam.id}/attempts/"
    client = as_user(learner)

    wrong = [client.post(url, {"access_code": f"door-{number}"}) for number in range(MOST_GUESSES)]
    locked = [client.post(url, {"access_code": code}) for code in ("door-11", CODE, "")]
    staff = [as_user(instructor).post(url, {"access_code": CODE}) for _ in range(12)]

    assert {(answer.status_code, answer.json()["code"]) for answer in wrong} == {(403, "wrong_access_code")}
    assert {(answer.status_code, answer.json()["code"]) for answer in locked} == {(429, "too_many_guesses")}
    assert all(3500 < int(answer["Retry-After"]) <= 3600 for answer in locked)
    bodies = [{k: v for k, v in answer.json().items() if k not in {"request_id", "retry_after"}} for answer in locked]
    assert bodies[0] == bodies[1] == bodies[2], "no oracle"
    assert {answer.json()["code"] for answer in staff} <= {"not_enrolled", "permission_denied"}
    assert as_user(stranger).post(url, {"access_code": CODE}).status_code == 404
    assert as_user(instructor).get(f"/api/assessments/{exam.id}/").status_code == 200
    with tenant_context(school):
        assert (Attempt.objects.count(), AccessCodeGuess.objects.count()) == (0, MOST_GUESSES)


def test_an_idempotency_key_does_not_take_a_guess_back(
    school: Tenant, exam: Assessment, learner: User, as_user: ClientOf
) -> None:
    url = f"/api/assessments/{exam.id}/attempts/"
    client = as_user(learner)

    answers = [
        client.post(url, {"access_code": f"door-{number}"}, headers={"Idempotency-Key": f"key {number % 3}"})
        for number in range(MOST_GUESSES)
    ]
    locked = client.post(url, {"access_code": CODE}, headers={"Idempotency-Key": "key 1"})

    assert {answer.status_code for answer in answers} == {403}
    assert locked.status_code == 429


def test_the_hour_slides(in_school: Tenant, exam: Assessment, learner: User) -> None:
    outcomes = [guess(exam, learner, now=START + 6 * number * MINUTE) for number in range(MOST_GUESSES)]
    at_once = guess(exam, learner, CODE, START + 59 * MINUTE)
    one_more = guess(exam, learner, "wrong", START + 61 * MINUTE)
    again = guess(exam, learner, CODE, START + 61 * MINUTE)

    assert {type(outcome) for outcome in outcomes} == {WrongAccessCode}
    assert isinstance(at_once, TooManyGuesses)
    assert at_once.extra == {"retry_after": 60}
    assert isinstance(one_more, WrongAccessCode), "the first has gone, so there is one guess"
    assert isinstance(again, TooManyGuesses)
    assert again.extra == {"retry_after": 5 * 60}
    assert isinstance(guess(exam, learner, CODE, START + 66 * MINUTE), Started)


def test_each_learner_and_assessment_counts_for_itself(in_school: Tenant, exam: Assessment, learner: User) -> None:
    other = AssessmentFactory.create(course=exam.course, questions=1, access_code=CODE)
    person = UserFactory.create()
    EnrollmentFactory.create(course=exam.course, user=person)

    for _ in range(MOST_GUESSES):
        guess(exam, learner)

    assert isinstance(guess(exam, learner, CODE), TooManyGuesses)
    assert isinstance(guess(other, learner, CODE), Started)
    assert isinstance(guess(exam, person, CODE), Started)


def test_asking_without_a_code_and_before_it_opens_are_no_guesses(
    in_school: Tenant, exam: Assessment, learner: User
) -> None:
    outcomes = [guess(exam, learner, "") for _ in range(MOST_GUESSES + 1)]
    change_assessment(assessment=exam, by=None, opens_at=START + MINUTE)
    exam.refresh_from_db()
    early = [guess(exam, learner, code) for code in ("wrong", CODE)]

    assert {type(outcome) for outcome in outcomes} == {WrongAccessCode}
    assert {type(outcome) for outcome in early} == {AssessmentNotOpen}
    assert not AccessCodeGuess.objects.exists()


def test_who_runs_an_attempt_comes_back_to_it_without_a_code(
    in_school: Tenant, exam: Assessment, learner: User
) -> None:
    first = guess(exam, learner, CODE)

    again = [guess(exam, learner, code) for code in ["", *["wrong"] * MOST_GUESSES]]

    assert {outcome.attempt.id for outcome in again} == {first.attempt.id}
    assert not AccessCodeGuess.objects.exists()


@pytest.mark.parametrize(("changes", "is_open"), [({"access_code": "red-door"}, True), ({"title": "Exam"}, False)])
def test_another_code_can_be_tried_at_once(
    in_school: Tenant, exam: Assessment, learner: User, changes: dict[str, str], is_open: bool
) -> None:
    for _ in range(MOST_GUESSES):
        guess(exam, learner)

    changed = change_assessment(assessment=exam, by=None, **changes)
    outcome = guess(changed, learner, changed.access_code)

    assert isinstance(outcome, Started if is_open else TooManyGuesses)


def test_guesses_go_when_they_count_no_more(school: Tenant, exam: Assessment, learner: User, instructor: User) -> None:
    now = timezone.now()
    with tenant_context(school):
        guess(exam, learner, now=now - GUESSES_COUNT_FOR)
        guess(exam, learner, now=now - GUESSES_COUNT_FOR + MINUTE)
        purged = purge_guesses(now=now)
        left = AccessCodeGuess.objects.count()
    with time_machine.travel(now + MINUTE, tick=False):
        by_the_clock = purge()

    assert (purged, left, by_the_clock) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
@pytest.mark.parametrize("place", [0, 25, 49])
def test_fifty_guesses_at_once_are_ten(school: Tenant, exam: Assessment, learner: User, place: int) -> None:
    start: Callable[..., Any] = partial(start_attempt, assessment=exam, by=learner)
    calls: list[Callable[[], Any]] = [partial(start, access_code=f"door-{number}") for number in range(49)]
    calls.insert(place, partial(start, access_code=CODE))

    found = kinds(together(school, calls))

    # The right code may come before the tenth wrong one; then the others come back to the attempt that runs.
    with tenant_context(school):
        counted = AccessCodeGuess.objects.count()
    assert found[WrongAccessCode] == counted <= MOST_GUESSES
    if Started in found:
        assert found[Started] == 50 - counted
    else:
        assert found == {WrongAccessCode: MOST_GUESSES, TooManyGuesses: 40}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_fifty_wrong_guesses_at_once_are_ten(school: Tenant, exam: Assessment, learner: User) -> None:
    guesses: list[Callable[[], Any]] = [
        partial(start_attempt, assessment=exam, by=learner, access_code=f"door-{number}") for number in range(50)
    ]

    results = together(school, guesses)

    assert kinds(results) == {WrongAccessCode: MOST_GUESSES, TooManyGuesses: 40}
