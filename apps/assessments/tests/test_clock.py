"""The clock is the server's: deadlines, grace, extra time, late policy, and who may start when and where."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.assessments.choices import SubmittedBy
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation, Assessment, Attempt, JournalEntry
from apps.assessments.services import (
    AttemptOver,
    look_at_attempt,
    start_attempt,
    submit_overdue_attempts,
    take_attempt,
)
from apps.assessments.services.terms import late_penalty
from apps.core.models import Tenant
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import GroupMembership, User
from tests.fixtures import ClientOf

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


def right(attempt: Attempt) -> dict[str, Any]:
    return {slot["question"]: {"selected_option_id": "a"} for slot in attempt.paper}


def test_the_deadline_lies_a_time_limit_after_the_start_and_saves_count_five_seconds_longer(
    quiz: Any, learner: User
) -> None:
    attempt = started(quiz(time_limit_minutes=30), learner)
    deadline = START + 30 * MINUTE

    saved = take_attempt(attempt_id=attempt.id, answers=right(attempt), now=deadline + 5 * SECOND)
    with pytest.raises(AttemptOver):
        take_attempt(attempt_id=attempt.id, answers={}, now=deadline + 5 * SECOND + timedelta(microseconds=1))

    assert attempt.deadline_at == deadline
    assert saved.receipt is not None
    stored = Attempt.objects.get()
    assert (stored.submitted_at, stored.submitted_by) == (deadline, SubmittedBy.DEADLINE)
    assert stored.score == 10


def test_who_hands_in_after_the_deadline_gets_what_was_saved_and_no_more(quiz: Any, learner: User) -> None:
    attempt = started(quiz(time_limit_minutes=30), learner)

    late = take_attempt(attempt_id=attempt.id, answers=right(attempt), submit=True, now=START + 31 * MINUTE)

    assert late.receipt is None
    assert (late.attempt.score, late.attempt.submitted_at) == (Decimal(0), START + 30 * MINUTE)
    assert late.attempt.answers.count() == 0


def test_handing_in_within_the_grace_counts_at_the_deadline(quiz: Any, learner: User) -> None:
    attempt = started(quiz(time_limit_minutes=30), learner)

    taken = take_attempt(
        attempt_id=attempt.id, answers=right(attempt), submit=True, now=START + 30 * MINUTE + 4 * SECOND
    )

    assert (taken.attempt.score, taken.attempt.submitted_at) == (Decimal(10), START + 30 * MINUTE)
    assert taken.attempt.submitted_by == SubmittedBy.LEARNER


def test_the_clients_clock_is_not_asked(quiz: Any, learner: User, as_user: ClientOf) -> None:
    assessment = quiz(time_limit_minutes=30)
    start = timezone.now().replace(microsecond=0)  # the session's end is the database's business
    with time_machine.travel(start, tick=False):
        client = as_user(learner)
        attempt = client.post(f"/api/assessments/{assessment.id}/attempts/", headers={"Date": "Mon, 02 Mar 2037"})
        url = f"/api/attempts/{attempt.json()['id']}/"
        invented = {"submitted_at": "2020-01-01T00:00Z", "deadline_at": "2037-01-01T00:00Z", "now": "2020-01-01T00:00Z"}
        client.patch(url, {"answers": {}, **invented}, headers={"Date": "Mon, 02 Mar 2037 00:00:00 GMT"})
    with time_machine.travel(start + 29 * MINUTE, tick=False):
        left = as_user(learner).get(url).json()["seconds_left"]
    with time_machine.travel(start + 31 * MINUTE, tick=False):
        over = as_user(learner).patch(
            url, {"answers": {}, **invented}, headers={"Date": "Mon, 02 Mar 2026 09:00:01 GMT"}
        )

    assert left == 60
    assert (over.status_code, over.json()["code"]) == (409, "attempt_over")
    stored = Attempt.objects.get()
    assert (stored.deadline_at, stored.submitted_at) == (start + 30 * MINUTE, start + 30 * MINUTE)


@pytest.mark.parametrize(
    ("zone", "local"),
    [("Europe/Berlin", datetime(2026, 3, 29, 1, 45)), ("America/New_York", datetime(2026, 11, 1, 1, 45))],  # noqa: DTZ001
)
def test_an_hour_stays_an_hour_across_a_daylight_saving_change(
    quiz: Any, learner: User, zone: str, local: datetime
) -> None:
    start = local.replace(tzinfo=ZoneInfo(zone))

    with timezone.override(ZoneInfo(zone)):
        attempt = started(quiz(time_limit_minutes=60), learner, start)
        take_attempt(attempt_id=attempt.id, answers=right(attempt), now=start.astimezone(UTC) + 59 * MINUTE)
        with pytest.raises(AttemptOver):
            take_attempt(attempt_id=attempt.id, answers={}, now=start.astimezone(UTC) + 61 * MINUTE)

    assert Attempt.objects.get().deadline_at == start.astimezone(UTC) + timedelta(hours=1)


@pytest.mark.parametrize(
    ("grants", "minutes"),
    [
        pytest.param([], 60, id="nothing"),
        pytest.param([("user", 25)], 75, id="user"),
        pytest.param([("group", 50)], 90, id="group"),
        pytest.param([("user", 25), ("group", 50)], 90, id="both: the more generous"),
        pytest.param([("everywhere", 100)], 120, id="everywhere"),
        pytest.param([("somebody else", 100)], 60, id="somebody else's"),
        pytest.param([("other quiz", 100)], 60, id="in another quiz"),
    ],
)
def test_extra_time(quiz: Any, learner: User, grants: list[tuple[str, int]], minutes: int) -> None:
    assessment, other = quiz(time_limit_minutes=60), quiz()
    group = GroupFactory.create()
    GroupMembership.objects.create(group=group, user=learner)
    who: dict[str, dict[str, Any]] = {
        "user": {"user": learner, "assessment": assessment},
        "group": {"group": group, "assessment": assessment},
        "everywhere": {"user": learner},
        "somebody else": {"user": UserFactory.create(), "assessment": assessment},
        "other quiz": {"user": learner, "assessment": other},
    }
    for name, extra in grants:
        Accommodation.objects.create(extra_time_percentage=extra, **who[name])

    attempt = started(assessment, learner)

    assert attempt.deadline_at == START + minutes * MINUTE


def test_an_assessment_that_closes_ends_the_attempts_at_it(quiz: Any, learner: User) -> None:
    attempt = started(quiz(time_limit_minutes=60, closes_at=START + 10 * MINUTE), learner)

    with pytest.raises(AttemptOver):
        take_attempt(attempt_id=attempt.id, answers=right(attempt), now=START + 11 * MINUTE)

    assert attempt.deadline_at == START + 10 * MINUTE
    assert Attempt.objects.get().submitted_at == START + 10 * MINUTE


def test_a_change_of_the_dates_moves_no_attempt_under_way(quiz: Any, learner: User) -> None:
    assessment = quiz(time_limit_minutes=60)
    attempt = started(assessment, learner)
    Assessment.objects.update(closes_at=START + MINUTE, time_limit_minutes=1)

    taken = take_attempt(attempt_id=attempt.id, answers=right(attempt), now=START + 59 * MINUTE)

    assert taken.receipt is not None


LATE = [
    ("hour", 10, 0, 0, timedelta(0), "0"),
    ("hour", 10, 0, 0, timedelta(microseconds=1), "10"),
    ("hour", 10, 0, 0, timedelta(hours=1), "10"),
    ("hour", 10, 0, 0, timedelta(hours=1, microseconds=1), "20"),
    ("hour", 10, 15, 0, timedelta(minutes=15), "0"),
    ("hour", 10, 15, 0, timedelta(minutes=15, seconds=1), "10"),
    ("day", 25, 0, 0, timedelta(hours=25), "50"),
    ("day", 25, 0, 40, timedelta(days=9), "60"),
    ("day", 25, 0, 0, timedelta(days=900), "100"),
    ("day", 0, 0, 0, timedelta(days=9), "0"),
    ("day", 25, 0, 0, timedelta(days=-1), "0"),
]


@pytest.mark.parametrize(("unit", "percent", "grace", "floor", "late", "penalty"), LATE)
def test_lateness_costs_per_begun_unit_after_the_grace_down_to_the_floor(
    unit: str, percent: int, grace: int, floor: int, late: timedelta, penalty: str
) -> None:
    assessment = Assessment(
        late_penalty_percentage=Decimal(percent), late_penalty_per=unit, late_grace_minutes=grace,
        late_floor_percentage=Decimal(floor),
    )  # fmt: skip

    assert late_penalty(assessment, due_at=START, submitted_at=START + late) == Decimal(penalty)
    assert late_penalty(assessment, due_at=None, submitted_at=START + late) == 0


def test_a_late_attempt_loses_its_share_and_a_later_due_date_of_ones_own_none(
    quiz: Any, course: Course, learner: User
) -> None:
    assessment = quiz(due_at=START, late_penalty_percentage=10, late_penalty_per="hour")
    other = UserFactory.create()
    EnrollmentFactory.create(course=course, user=other)
    Accommodation.objects.create(user=other, assessment=assessment, due_at=START + timedelta(hours=5))

    for person in (learner, other):
        attempt = started(assessment, person)
        take_attempt(
            attempt_id=attempt.id, answers=right(attempt), submit=True, now=START + timedelta(hours=2, minutes=1)
        )

    scores = dict(Attempt.objects.values_list("user_id", "score"))
    assert scores == {learner.id: Decimal("7.00"), other.id: Decimal("10.00")}


def facts(attempt: Attempt) -> tuple[Any, ...]:
    stored = Attempt.objects.get(id=attempt.id)
    contents = JournalEntry.objects.filter(attempt_id=attempt.id, kind="submitted").values_list("content", flat=True)
    return (
        stored.status, stored.score, stored.percentage, stored.submitted_at, stored.submitted_by, stored.is_passed,
        stored.late_penalty_percentage, list(contents), list(stored.answers.values_list("answer", "points")),
    )  # fmt: skip


def test_the_worker_and_the_next_request_end_an_attempt_in_the_same_way(
    quiz: Any, course: Course, learner: User
) -> None:
    assessment = quiz(time_limit_minutes=30, due_at=START + 5 * MINUTE, late_penalty_percentage=5)
    people = [learner, *UserFactory.create_batch(4)]
    for person in people[1:]:
        EnrollmentFactory.create(course=course, user=person)
    attempts = [started(assessment, person) for person in people]
    for each in attempts:
        each.answers.all().delete()
        Attempt.objects.filter(id=each.id).update(paper=attempts[0].paper)
        take_attempt(attempt_id=each.id, answers=right(attempts[0]), now=START + MINUTE)
    later = START + 7 * 60 * MINUTE

    look_at_attempt(attempt=Attempt.objects.get(id=attempts[0].id), now=later)
    with pytest.raises(AttemptOver):
        take_attempt(attempt_id=attempts[1].id, answers={}, now=later)
    take_attempt(attempt_id=attempts[2].id, submit=True, now=later + MINUTE)
    start_attempt(assessment=assessment, by=people[3], now=later)
    assert submit_overdue_attempts(now=later + 9 * MINUTE) == 1

    assert facts(attempts[0])[:2] == ("graded", Decimal("9.50"))
    assert all(facts(each) == facts(attempts[0]) for each in attempts)


def test_the_worker_leaves_what_may_still_be_on_the_way(quiz: Any, learner: User) -> None:
    started(quiz(time_limit_minutes=30), learner)

    assert submit_overdue_attempts(now=START + 30 * MINUTE + 5 * SECOND) == 0
    assert submit_overdue_attempts(now=START + 30 * MINUTE + 6 * SECOND) == 1
    assert submit_overdue_attempts(now=START + 30 * MINUTE + 6 * SECOND) == 0
