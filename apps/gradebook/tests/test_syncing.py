"""Scores arrive in the gradebook: a cell says what the attempts say, whatever the events do."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.events import AssessmentDeleted, AssessmentSaved, AttemptGraded
from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment
from apps.assessments.services import change_assessment, start_attempt
from apps.core.models import Tenant
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook import handlers
from apps.gradebook.events import GradeChanged
from apps.gradebook.factories import GradeFactory
from apps.gradebook.models import Grade, Gradebook, GradebookChange, GradeItem
from apps.gradebook.services import ensure_item, sync_grade, sync_item
from apps.gradebook.tests.taking import take
from apps.users.factories import UserFactory
from apps.users.models import User


@pytest.fixture
def quiz(in_school: Tenant, learner: User) -> Assessment:
    """Return a quiz of three questions of ten points, and the learner in its course."""
    quiz = AssessmentFactory.create(questions=3, title="Loops")
    EnrollmentFactory.create(course=quiz.course, user=learner)
    return quiz


def cell_of(quiz: Assessment, learner: User) -> tuple[Any, ...]:
    grade = Grade.objects.get(item__assessment=quiz, user=learner)
    return grade.score, grade.override, grade.attempt_id


def changes() -> list[tuple[Any, ...]]:
    rows = GradebookChange.objects.order_by("occurred_at", "id")
    return list(rows.values_list("kind", "from_score", "to_score"))


def test_what_nothing_changed_in_is_not_written_again(quiz: Assessment, learner: User) -> None:
    take(quiz, learner, 2)
    sync_item(assessment_id=quiz.id)
    stored = list(Grade.objects.values()), list(GradeItem.objects.values()), list(GradebookChange.objects.values())

    sync_item(assessment_id=quiz.id)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    after = list(Grade.objects.values()), list(GradeItem.objects.values()), list(GradebookChange.objects.values())
    assert after == stored


def test_the_best_attempt_stands_in_the_cell_with_its_history(quiz: Assessment, learner: User) -> None:
    sync_item(assessment_id=quiz.id)
    first = take(quiz, learner, 1)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)
    best = take(quiz, learner, 3)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)
    worse = take(quiz, learner, 2)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    assert first.score == 10
    assert worse.score == 20
    assert cell_of(quiz, learner) == (30, None, best.id)
    assert changes() == [("attempt", None, Decimal(10)), ("attempt", Decimal(10), Decimal(30))]
    assert set(GradebookChange.objects.values_list("actor_id", "user_id")) == {(None, learner.id)}


def test_another_rule_and_other_points_change_the_cells(quiz: Assessment, learner: User) -> None:
    take(quiz, learner, 3)
    latest = take(quiz, learner, 1)
    sync_item(assessment_id=quiz.id)

    change_assessment(assessment=quiz, by=None, counted_attempt="latest")
    sync_item(assessment_id=quiz.id)
    ruled = cell_of(quiz, learner)
    add_choice(quiz, text="Thirty more", points=30)
    sync_item(assessment_id=quiz.id)

    assert ruled == (10, None, latest.id)
    assert cell_of(quiz, learner) == (20, None, latest.id)
    assert [after for _, _, after in changes()] == [30, 10, 20]


def test_a_grade_before_its_item_brings_the_item_with_all_cells(quiz: Assessment, learner: User) -> None:
    other = UserFactory.create()
    EnrollmentFactory.create(course=quiz.course, user=other)
    take(quiz, learner, 1)
    take(quiz, other, 2)

    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    assert (cell_of(quiz, learner)[0], cell_of(quiz, other)[0]) == (10, 20)


def test_an_attempt_that_waits_for_its_grade_leaves_no_cell(quiz: Assessment, learner: User) -> None:
    start_attempt(assessment=quiz, by=learner)
    ensure_item(quiz)

    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    assert not Grade.objects.exists()


def test_an_override_stays_and_what_counts_does_not_change(quiz: Assessment, learner: User, instructor: User) -> None:
    item = ensure_item(quiz)
    given = timezone.now() - timedelta(days=1)
    GradeFactory.create(item=item, user=learner, override=Decimal(25), graded_by_id=instructor.id, graded_at=given)

    attempt = take(quiz, learner, 1)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    cell = Grade.objects.get()
    assert (cell.score, cell.override, cell.attempt_id, cell.effective_score) == (
        Decimal(10),
        Decimal(25),
        attempt.id,
        Decimal(25),
    )
    assert (cell.graded_by_id, cell.graded_at, cell.version) == (instructor.id, given, 2)
    assert changes() == []


def test_an_excused_cell_takes_the_score_and_counts_nothing(quiz: Assessment, learner: User) -> None:
    GradeFactory.create(item=ensure_item(quiz), user=learner, is_excused=True)
    take(quiz, learner, 2)

    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    assert (Grade.objects.get().score, Grade.objects.get().effective_score) == (Decimal(20), None)
    assert changes() == [("attempt", None, Decimal(20))]


def test_a_late_penalty_is_noted_with_the_score(quiz: Assessment, learner: User) -> None:
    due = timezone.now() - timedelta(hours=1)
    change_assessment(
        assessment=quiz, by=None, due_at=due, late_penalty_percentage=Decimal(10), late_floor_percentage=Decimal(50)
    )
    quiz.refresh_from_db()
    take(quiz, learner, 3)

    sync_item(assessment_id=quiz.id)

    cell = Grade.objects.get()
    assert (cell.score, cell.late_penalty_percentage) == (Decimal(27), Decimal(10))


def test_scores_arrive_in_a_frozen_gradebook_too(quiz: Assessment, learner: User) -> None:
    Gradebook.objects.create(course=quiz.course, frozen_at=timezone.now())
    take(quiz, learner, 2)

    sync_item(assessment_id=quiz.id)

    assert cell_of(quiz, learner)[0] == 20


def test_the_handlers_believe_the_rows_and_not_the_events(quiz: Assessment, learner: User) -> None:
    attempt = take(quiz, learner, 2)
    told = AttemptGraded(
        attempt_id=attempt.id, assessment_id=quiz.id, course_id=quiz.course_id, user_id=learner.id,
        score=Decimal(1), max_score=Decimal(30), is_passed=False,
    )  # fmt: skip

    handlers.enter_the_score(told)
    handlers.follow_the_assessment(AssessmentSaved(assessment_id=quiz.id, course_id=quiz.course_id))
    handlers.forget_the_assessment(AssessmentDeleted(assessment_id=quiz.id, course_id=quiz.course_id))

    assert cell_of(quiz, learner) == (20, None, attempt.id)


def test_many_cells_cost_as_many_statements_as_one(quiz: Assessment, learner: User) -> None:
    def cost(count: int) -> int:
        for person in UserFactory.create_batch(count):
            EnrollmentFactory.create(course=quiz.course, user=person)
            take(quiz, person, 1)
        with CaptureQueriesContext(connection) as queries:
            sync_item(assessment_id=quiz.id)
        return len(queries)

    sync_item(assessment_id=quiz.id)
    few, many = cost(3), cost(12)

    assert many == few
    take(quiz, learner, 2)
    with CaptureQueriesContext(connection) as queries:
        sync_grade(assessment_id=quiz.id, user_id=learner.id)
    assert len(queries) <= 6


def test_who_cares_is_told_of_what_counts(quiz: Assessment, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr("apps.gradebook.services.syncing.emit_all", lambda *events: told.extend(events))
    excused, overridden = UserFactory.create_batch(2)
    for person, given in ((excused, {"is_excused": True}), (overridden, {"override": 1})):
        EnrollmentFactory.create(course=quiz.course, user=person)
        GradeFactory.create(item=ensure_item(quiz), user=person, **given)
    for person in (learner, excused, overridden):
        take(quiz, person, 2)

    sync_item(assessment_id=quiz.id)
    sync_item(assessment_id=quiz.id)

    assert told == [
        GradeChanged(course_id=quiz.course_id, item_id=quiz.id, user_id=learner.id, score=Decimal(20), is_excused=False)
    ]
