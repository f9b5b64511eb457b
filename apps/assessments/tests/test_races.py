"""Many at the same moment, each on a connection of its own: what the server has acknowledged is true for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.choices import AttemptStatus, JournalKind
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, GradeChange, JournalEntry, QuestionVersion
from apps.assessments.services import (
    AttemptOver,
    Started,
    Taken,
    change_question,
    check_journal,
    start_attempt,
    submit_overdue_attempts,
    take_attempt,
)
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
MANY = 20


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


def within(school: Tenant, call: Callable[[], Any]) -> Any:
    with tenant_context(school):
        return call()


def together(school: Tenant, calls: list[Callable[[], Any]]) -> list[Any]:
    return in_parallel([partial(within, school, call) for call in calls])


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def choosing(attempt: Attempt, option: str) -> dict[str, Any]:
    return {slot["question"]: {"selected_option_id": option} for slot in attempt.paper}


def saving(attempt: Attempt, number: int, option: str, now: datetime | None = None) -> Callable[[], Taken]:
    answers = choosing(attempt, option)
    return partial(take_attempt, attempt_id=attempt.id, answers=answers, sequence=number, now=now)


def stored_answers(attempt: Attempt) -> set[tuple[int, str]]:
    rows = AttemptAnswer.objects.filter(attempt_id=attempt.id).values_list("sequence", "answer")
    return {(sequence, answer["selected_option_ids"][0]) for sequence, answer in rows if answer}


def assert_handed_in_once(attempt: Attempt) -> Attempt:
    stored = Attempt.objects.get(id=attempt.id)
    entries = Counter(JournalEntry.objects.filter(attempt_id=attempt.id).values_list("kind", flat=True))
    assert stored.status == AttemptStatus.GRADED
    assert (entries[JournalKind.SUBMITTED], entries[JournalKind.GRADED]) == (1, 1)
    assert GradeChange.objects.filter(attempt_id=attempt.id).count() == 1
    graded = Delivery.objects.filter(payload__attempt_id=str(attempt.id), event="attempt.graded.v1")
    assert set(Counter(graded.values_list("handler", flat=True)).values()) == {1}
    assert check_journal(stored) is None
    return stored


def test_twenty_starts_give_one_attempt(school: Tenant, quiz: Assessment, learner: User) -> None:
    results = together(school, [partial(start_attempt, assessment=quiz, by=learner)] * MANY)

    assert kinds(results) == {Started: MANY}
    assert sum(result.is_new for result in results) == 1
    assert len({result.attempt.id for result in results}) == 1
    assert all(result.attempt.paper == results[0].attempt.paper for result in results)
    with tenant_context(school):
        assert check_journal(Attempt.objects.get()) is None


def test_starts_after_the_deadline_end_the_old_attempt_once_and_give_one_new_one(
    school: Tenant, quiz: Assessment, attempt: Attempt, learner: User
) -> None:
    later = attempt.started_at + timedelta(minutes=11)
    starts: list[Callable[[], Any]] = [partial(start_attempt, assessment=quiz, by=learner, now=later)] * 10
    worker: list[Callable[[], Any]] = [partial(submit_overdue_attempts, now=later)] * 5

    results = together(school, starts + worker)

    assert kinds(results) == {Started: 10, int: 5}
    assert sum(result.is_new for result in results[:10]) == 1
    with tenant_context(school):
        assert Attempt.objects.count() == 2
        assert_handed_in_once(attempt)


def test_learners_who_start_together_wait_for_nobody_for_ever(school: Tenant, quiz: Assessment) -> None:
    with tenant_context(school):
        Assessment.objects.filter(id=quiz.id).update(shuffle_questions=True, shuffle_options=True)
        quiz.refresh_from_db()
        learners = UserFactory.create_batch(MANY)
        for person in learners:
            EnrollmentFactory.create(course=quiz.course, user=person)

    results = together(school, [partial(start_attempt, assessment=quiz, by=person) for person in learners])

    assert kinds(results) == {Started: MANY}
    with tenant_context(school):
        assert set(QuestionVersion.objects.values_list("is_used", flat=True)) == {True}


def test_a_question_that_changes_while_papers_are_made_keeps_the_key_of_each_paper(
    school: Tenant, quiz: Assessment
) -> None:
    turned = {"options": [{"id": "a", "text": "A class"}, {"id": "b", "text": "A wrapper", "is_correct": True}]}
    with tenant_context(school):
        version = QuestionVersion.objects.select_related("question").order_by("id").first()
        assert version is not None
        learners = UserFactory.create_batch(8)
        for person in learners:
            EnrollmentFactory.create(course=quiz.course, user=person)
    starts = [partial(start_attempt, assessment=quiz, by=person) for person in learners]
    change = partial(change_question, question=version.question, by=None, type_specific_data=turned)

    results = together(school, [*starts[:4], change, *starts[4:]])

    assert kinds(results) == {Started: 8, QuestionVersion: 1}
    with tenant_context(school):
        keys = {str(row.id): row for row in QuestionVersion.objects.all()}
        for attempt in Attempt.objects.all():
            for slot in attempt.paper:
                texts = [option["text"] for option in slot["type_specific_data"]["options"]]
                key = keys[slot["version"]].type_specific_data["options"]
                assert texts == [option["text"] for option in key]


def test_twenty_submits_hand_in_once(school: Tenant, attempt: Attempt) -> None:
    submit = partial(take_attempt, attempt_id=attempt.id, answers=choosing(attempt, "a"), submit=True)

    results = together(school, [submit] * MANY)

    assert kinds(results) == {Taken: MANY}
    assert sum(result.receipt is not None for result in results) == 1
    assert {str(result.attempt.score) for result in results} == {"30.00"}
    with tenant_context(school):
        assert assert_handed_in_once(attempt).score == 30


def test_an_acknowledged_save_is_on_the_paper_and_a_refused_one_never(school: Tenant, attempt: Attempt) -> None:
    saves = [saving(attempt, number, "abc"[number % 3]) for number in range(1, MANY)]
    submit = partial(take_attempt, attempt_id=attempt.id, submit=True)

    results = together(school, [*saves[:10], submit, *saves[10:]])

    assert kinds(results).keys() <= {Taken, AttemptOver}
    acknowledged = [result.receipt.sequence for result in results if isinstance(result, Taken) and result.receipt]
    newest = max(acknowledged, default=0)
    with tenant_context(school):
        assert_handed_in_once(attempt)
        assert stored_answers(attempt) == ({(newest, "abc"[newest % 3])} if newest else set())
        kept = JournalEntry.objects.filter(attempt_id=attempt.id, kind=JournalKind.SAVED).count()
        assert kept == len(acknowledged)


def test_saves_racing_with_the_deadline_are_on_the_paper_or_refused(school: Tenant, attempt: Attempt) -> None:
    assert attempt.deadline_at is not None
    in_time, too_late = attempt.deadline_at + timedelta(seconds=4), attempt.deadline_at + timedelta(seconds=6)
    early = [saving(attempt, number, "a", in_time) for number in range(1, 10)]
    late = [saving(attempt, number, "b", too_late) for number in range(101, 106)]
    worker = [partial(submit_overdue_attempts, now=too_late)] * 4

    results = together(school, [*early, *worker, *late])

    assert kinds(results).keys() <= {Taken, AttemptOver, int}
    acknowledged = [result.receipt.sequence for result in results if isinstance(result, Taken) and result.receipt]
    assert all(isinstance(result, AttemptOver) for result in results[-5:])
    with tenant_context(school):
        stored = assert_handed_in_once(attempt)
        assert stored.submitted_at == attempt.deadline_at
        assert stored_answers(attempt) == ({(max(acknowledged), "a")} if acknowledged else set())


def test_of_saves_with_one_sequence_the_first_counts(school: Tenant, attempt: Attempt) -> None:
    results = together(school, [saving(attempt, 7, "abc"[number % 3]) for number in range(MANY)])

    assert kinds(results) == {Taken: MANY}
    winners = [result.receipt for result in results if result.receipt.saved]
    assert len(winners) == 1
    assert all(len(result.receipt.superseded) == 3 for result in results if result.receipt is not winners[0])
    with tenant_context(school):
        first = JournalEntry.objects.get(attempt_id=attempt.id, hash=winners[0].entry_hash)
        assert all(f'["{option}"]' in first.content for _, option in stored_answers(attempt))
        assert check_journal(Attempt.objects.get()) is None


def test_older_saves_that_arrive_late_change_nothing(school: Tenant, attempt: Attempt) -> None:
    numbers = [9, 3, 12, 1, 20, 15, 2, 8, 19, 5]

    results = together(school, [saving(attempt, number, "b" if number == 20 else "a") for number in numbers])

    assert kinds(results) == {Taken: len(numbers)}
    with tenant_context(school):
        assert stored_answers(attempt) == {(20, "b")}
        assert Attempt.objects.get().sequence == 20
        assert AttemptAnswer.objects.count() == 3


def test_saves_without_a_sequence_number_themselves_in_the_order_of_arrival(school: Tenant, attempt: Attempt) -> None:
    call = partial(take_attempt, attempt_id=attempt.id, answers=choosing(attempt, "a"))

    results = together(school, [call] * MANY)

    assert sorted(result.receipt.sequence for result in results) == list(range(1, MANY + 1))
    assert sorted(result.receipt.entry_index for result in results) == list(range(1, MANY + 1))


def test_two_workers_share_the_overdue_attempts(school: Tenant, quiz: Assessment) -> None:
    with tenant_context(school):
        for person in UserFactory.create_batch(6):
            EnrollmentFactory.create(course=quiz.course, user=person)
            start_attempt(assessment=quiz, by=person)
    later = timezone.now() + timedelta(minutes=11)

    together(school, [partial(submit_overdue_attempts, now=later)] * 6)

    with tenant_context(school):
        assert submit_overdue_attempts(now=later) == 0
        for each in Attempt.objects.all():
            assert_handed_in_once(each)
