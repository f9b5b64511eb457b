"""More time at the very moment at which somebody starts, saves, hands in, or is handed in."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from apps.assessments.choices import AttemptStatus
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation, Assessment, Attempt, JournalEntry
from apps.assessments.services import (
    Started,
    Taken,
    change_accommodation,
    check_journal,
    create_accommodation,
    start_attempt,
    submit_overdue_attempts,
    take_attempt,
)
from apps.assessments.tests.test_races import assert_handed_in_once, kinds, saving, together
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import GroupMembership, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def quiz(school: Tenant, learner: User) -> Assessment:
    """Return a quiz of three questions with a time limit of ten minutes, and a learner in its course."""
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        return AssessmentFactory.create(course=course, questions=3, time_limit_minutes=10)


@pytest.fixture
def attempt(school: Tenant, quiz: Assessment, learner: User) -> Attempt:
    with tenant_context(school):
        return start_attempt(assessment=quiz, by=learner).attempt


def moved(attempt: Attempt) -> bool:
    return JournalEntry.objects.filter(attempt_id=attempt.id, kind="deadline_changed").exists()


@pytest.mark.parametrize("round_", range(3))
def test_who_starts_at_the_moment_of_the_grant_has_it(school: Tenant, quiz: Assessment, round_: int) -> None:
    with tenant_context(school):
        group, people = GroupFactory.create(), UserFactory.create_batch(12)
        for person in people:
            EnrollmentFactory.create(course=quiz.course, user=person)
            GroupMembership.objects.create(group=group, user=person)
    starts: list[Any] = [partial(start_attempt, assessment=quiz, by=person) for person in people]
    starts.insert(4 * round_, partial(create_accommodation, by=None, group=group, extra_time_percentage=50))

    results = together(school, starts)

    assert kinds(results) == {Started: 12, Accommodation: 1}
    with tenant_context(school):
        lengths = {each.deadline_at - each.started_at for each in Attempt.objects.all() if each.deadline_at}
        assert lengths == {15 * MINUTE}
        assert {check_journal(each) for each in Attempt.objects.all()} == {None}


def test_saves_and_grants_take_turns(school: Tenant, attempt: Attempt, learner: User) -> None:
    with tenant_context(school):
        given = create_accommodation(by=None, user=learner)
    grants = [
        partial(change_accommodation, accommodation=given, by=None, extra_time_percentage=10 * number)
        for number in range(1, 6)
    ]
    saves = [saving(attempt, number, "a") for number in range(1, 11)]

    results = together(school, [*saves[:5], *grants, *saves[5:]])

    assert kinds(results) == {Taken: 10, Accommodation: 5}
    with tenant_context(school):
        stored = Attempt.objects.get()
        assert stored.deadline_at == attempt.started_at + 15 * MINUTE
        assert check_journal(stored) is None
        assert stored.sequence == 10


@pytest.mark.parametrize("first", [0, 1])
def test_a_hand_in_and_a_grant_at_once_are_one_after_the_other(
    school: Tenant, attempt: Attempt, learner: User, first: int
) -> None:
    calls: list[Any] = [
        partial(take_attempt, attempt_id=attempt.id, submit=True),
        partial(create_accommodation, by=None, user=learner, extra_time_percentage=50),
    ]

    results = together(school, calls[first:] + calls[:first])

    assert kinds(results) == {Taken: 1, Accommodation: 1}
    with tenant_context(school):
        stored = assert_handed_in_once(attempt)
        assert stored.deadline_at == attempt.started_at + (15 if moved(attempt) else 10) * MINUTE
        kinds_in_order = list(JournalEntry.objects.order_by("index").values_list("kind", flat=True))
        assert kinds_in_order[-2:] == ["submitted", "graded"], "nothing moves after the hand-in"


def test_the_worker_and_a_grant_after_the_deadline_agree(school: Tenant, attempt: Attempt, learner: User) -> None:
    late = attempt.started_at + 11 * MINUTE
    worker = [partial(submit_overdue_attempts, now=late)] * 4
    grant = partial(create_accommodation, by=None, user=learner, extra_time_percentage=50, now=late)

    results = together(school, [*worker[:2], grant, *worker[2:]])

    assert kinds(results) == {int: 4, Accommodation: 1}
    with tenant_context(school):
        stored = assert_handed_in_once(attempt)
        assert (stored.submitted_at, stored.deadline_at) == (attempt.deadline_at, attempt.deadline_at)
        assert not moved(attempt)


@pytest.mark.parametrize("place", [0, 2, 4])
def test_the_worker_and_a_grant_of_the_last_second_exclude_each_other(
    school: Tenant, attempt: Attempt, learner: User, place: int
) -> None:
    """The worker may have found the attempt by a deadline that has moved by the time it holds the lock."""
    assert attempt.deadline_at is not None
    last, over = attempt.deadline_at + timedelta(seconds=4), attempt.deadline_at + timedelta(seconds=6)
    calls: list[Any] = [partial(submit_overdue_attempts, now=over)] * 4
    calls.insert(place, partial(create_accommodation, by=None, user=learner, extra_time_percentage=50, now=last))

    results = together(school, calls)

    assert kinds(results) == {int: 4, Accommodation: 1}
    with tenant_context(school):
        stored = Attempt.objects.get()
        assert (stored.status == AttemptStatus.IN_PROGRESS) == moved(attempt)
        assert stored.deadline_at == attempt.started_at + (15 if moved(attempt) else 10) * MINUTE
        assert check_journal(stored) is None
