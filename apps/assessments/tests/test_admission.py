"""Who may start an attempt, when, how often, and from where."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation, Assessment, Attempt
from apps.assessments.services import (
    start_attempt,
    take_attempt,
)
from apps.assessments.services.admission import WrongAccessCode, WrongNetwork
from apps.assessments.services.starting import AssessmentNotOpen, CoolingDown, NoAttemptLeft
from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

pytestmark = pytest.mark.usefixtures("in_school")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def course(in_school: Tenant, learner: User) -> Course:
    course = CourseFactory.create()
    EnrollmentFactory.create(course=course, user=learner)
    return course


@pytest.fixture
def quiz(course: Course) -> Callable[..., Assessment]:
    """Return a function that makes a quiz of one question of 10 points."""

    def make(**fields: Any) -> Assessment:
        return AssessmentFactory.create(course=course, questions=1, **fields)

    return make


def started(assessment: Assessment, learner: User, now: datetime = START) -> Attempt:
    return start_attempt(assessment=assessment, by=learner, now=now).attempt


def test_attempts_run_out_and_extra_ones_are_granted(quiz: Any, learner: User) -> None:
    assessment = quiz(max_attempts=1)
    submit = started(assessment, learner)
    take_attempt(attempt_id=submit.id, submit=True, now=START)

    with pytest.raises(NoAttemptLeft):
        started(assessment, learner, START + MINUTE)
    Accommodation.objects.create(user=learner, extra_attempts=1)
    second = started(assessment, learner, START + MINUTE)
    take_attempt(attempt_id=second.id, submit=True, now=START + MINUTE)

    assert second.number == 2
    with pytest.raises(NoAttemptLeft):
        started(assessment, learner, START + 2 * MINUTE)


def test_attempts_keep_their_distance(quiz: Any, learner: User) -> None:
    assessment = quiz(cooldown_minutes=60)
    first = started(assessment, learner)
    take_attempt(attempt_id=first.id, submit=True, now=START + MINUTE)

    with pytest.raises(CoolingDown) as refused:
        started(assessment, learner, START + 61 * MINUTE - SECOND)

    assert refused.value.extra == {"starts_at": (START + 61 * MINUTE).isoformat()}
    assert started(assessment, learner, START + 61 * MINUTE).number == 2


@pytest.mark.parametrize(
    ("fields", "now", "error"),
    [
        ({"opens_at": START}, START - SECOND, AssessmentNotOpen),
        ({"opens_at": START}, START, None),
        ({"closes_at": START}, START - SECOND, None),
        ({"closes_at": START}, START, AssessmentNotOpen),
        ({"status": "draft"}, START, AssessmentNotOpen),
        ({"status": "archived"}, START, AssessmentNotOpen),
    ],
)
def test_an_assessment_opens_and_closes(
    quiz: Any, learner: User, fields: dict[str, Any], now: datetime, error: type[DomainError] | None
) -> None:
    assessment = quiz(**fields)

    if error is None:
        assert started(assessment, learner, now).number == 1
    else:
        with pytest.raises(error):
            started(assessment, learner, now)
        assert not Attempt.objects.exists()


def test_it_asks_for_its_code(quiz: Any, learner: User) -> None:
    assessment = quiz(access_code="Maple 7")

    for code in ("", "maple 7", "Maple 7 ", "Máple"):
        with pytest.raises(WrongAccessCode):
            start_attempt(assessment=assessment, by=learner, access_code=code)

    assert start_attempt(assessment=assessment, by=learner, access_code="Maple 7").is_new


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("192.0.2.7", True), ("192.0.3.7", False), ("::ffff:192.0.2.7", True), ("::ffff:192.0.3.7", False),
        ("2001:db8::1", True), ("2001:db9::1", False), ("", False), ("localhost", False), ("192.0.2.7 ", False),
        ("fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_it_starts_in_its_networks_only(quiz: Any, learner: User, address: str, is_inside: bool) -> None:
    assessment = quiz(allowed_networks=["192.0.2.1/24", "2001:db8::/32"])

    if is_inside:
        assert start_attempt(assessment=assessment, by=learner, address=address).is_new
    else:
        with pytest.raises(WrongNetwork):
            start_attempt(assessment=assessment, by=learner, address=address)
