"""Scores arrive in the gradebook: the item follows its assessment, the cell the attempts, whatever the events do."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.events import AssessmentDeleted, AssessmentSaved, AttemptGraded
from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services import change_assessment, delete_assessment, start_attempt, take_attempt
from apps.core.models import Delivery, Tenant
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook import handlers
from apps.gradebook.events import GradeChanged
from apps.gradebook.factories import GradeFactory, GradeItemFactory
from apps.gradebook.models import Grade, Gradebook, GradebookChange, GradeItem
from apps.gradebook.services import ensure_item, forget_assessment, sync_grade, sync_item
from apps.users.factories import UserFactory
from apps.users.models import User


@pytest.fixture
def quiz(in_school: Tenant, learner: User) -> Assessment:
    """Return a quiz of three questions of ten points, and the learner in its course."""
    quiz = AssessmentFactory.create(questions=3, title="Loops")
    EnrollmentFactory.create(course=quiz.course, user=learner)
    return quiz


def take(quiz: Assessment, learner: User, right: int) -> Attempt:
    """Hand in an attempt with so many right answers."""
    attempt = start_attempt(assessment=quiz, by=learner).attempt
    answers = {
        slot["question"]: {"selected_option_id": "a" if place < right else "b"}
        for place, slot in enumerate(attempt.paper)
    }
    return take_attempt(attempt_id=attempt.id, answers=answers, submit=True).attempt


def cell_of(quiz: Assessment, learner: User) -> tuple[Any, ...]:
    grade = Grade.objects.get(item__assessment=quiz, user=learner)
    return grade.score, grade.override, grade.attempt_id


def changes() -> list[tuple[Any, ...]]:
    rows = GradebookChange.objects.order_by("occurred_at", "id")
    return list(rows.values_list("kind", "from_score", "to_score"))


def events_named(name: str) -> int:
    return Delivery.objects.filter(event=name).count()


def test_an_item_says_what_its_assessment_says(quiz: Assessment) -> None:
    due = timezone.now() + timedelta(days=3)

    item = ensure_item(quiz)
    change_assessment(assessment=quiz, by=None, title="Loops and more", due_at=due)
    add_choice(quiz, text="One more")
    followed = sync_item(assessment_id=quiz.id)

    assert item is not None
    assert followed is not None
    assert (item.title, item.max_points, item.due_at, item.version) == ("Loops", Decimal(30), None, 1)
    assert (followed.id, followed.title, followed.max_points) == (item.id, "Loops and more", Decimal(40))
    assert (followed.due_at, followed.version) == (due, 2)
    assert GradeItem.objects.count() == 1


def test_what_nothing_changed_in_is_not_written_again(quiz: Assessment, learner: User) -> None:
    take(quiz, learner, 2)
    sync_item(assessment_id=quiz.id)
    stored = list(Grade.objects.values()), list(GradeItem.objects.values()), list(GradebookChange.objects.values())

    sync_item(assessment_id=quiz.id)
    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    after = list(Grade.objects.values()), list(GradeItem.objects.values()), list(GradebookChange.objects.values())
    assert after == stored


def test_items_come_behind_what_is_there(quiz: Assessment) -> None:
    GradeItemFactory.create(course=quiz.course, order=6)

    item = ensure_item(quiz)

    assert item is not None
    assert item.order == 7


@pytest.mark.parametrize("kind", ["practice", "survey"])
def test_practices_and_surveys_have_no_item(quiz: Assessment, learner: User, kind: str) -> None:
    change_assessment(assessment=quiz, by=None, assessment_type=kind)
    take(quiz, learner, 1)

    sync_grade(assessment_id=quiz.id, user_id=learner.id)

    assert ensure_item(quiz) is None
    assert not GradeItem.objects.exists()


def test_an_item_goes_when_its_assessment_becomes_a_practice(quiz: Assessment) -> None:
    ensure_item(quiz)
    change_assessment(assessment=quiz, by=None, assessment_type="practice")

    assert sync_item(assessment_id=quiz.id) is None
    assert not GradeItem.objects.exists()


def test_an_item_with_grades_counts_nothing_once_its_assessment_is_a_practice(quiz: Assessment, learner: User) -> None:
    take(quiz, learner, 3)
    ensure_item(quiz)
    change_assessment(assessment=quiz, by=None, assessment_type="practice")

    sync_item(assessment_id=quiz.id)
    item = sync_item(assessment_id=quiz.id)

    assert item is not None
    assert (item.is_counted, item.version) == (False, 2)
    assert cell_of(quiz, learner)[0] == 30


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


def test_a_deleted_assessment_takes_its_empty_item_along(quiz: Assessment) -> None:
    ensure_item(quiz)
    quiz_id = quiz.id
    delete_assessment(assessment=quiz, by=None)

    forget_assessment(assessment_id=quiz_id)
    forget_assessment(assessment_id=quiz_id)

    assert not GradeItem.objects.exists()
    assert events_named("assessment.deleted.v1") == 1


def test_a_graded_item_outlives_its_assessment(quiz: Assessment, learner: User) -> None:
    GradeFactory.create(item=ensure_item(quiz), user=learner, override=Decimal(5))
    quiz_id = quiz.id
    delete_assessment(assessment=quiz, by=None)

    forget_assessment(assessment_id=quiz_id)

    item = GradeItem.objects.get()
    assert (item.assessment_id, item.title, item.max_points) == (None, "Loops", Decimal(30))
    assert Grade.objects.get().override == 5


def test_events_about_an_assessment_that_is_gone_do_nothing(quiz: Assessment, learner: User) -> None:
    quiz_id = quiz.id
    delete_assessment(assessment=quiz, by=None)

    handlers.follow_the_assessment(AssessmentSaved(assessment_id=quiz_id, course_id=quiz.course_id))
    sync_grade(assessment_id=quiz_id, user_id=learner.id)

    assert not GradeItem.objects.exists()
    assert not Gradebook.objects.exists()


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


def test_every_change_of_an_assessment_is_told(in_school: Tenant) -> None:
    quiz = AssessmentFactory.create(course=CourseFactory.create())

    def told(call: Callable[[], Any]) -> int:
        before = events_named("assessment.saved.v1")
        call()
        return events_named("assessment.saved.v1") - before

    assert told(lambda: add_choice(quiz)) == 1
    assert told(lambda: change_assessment(assessment=quiz, by=None, title="Other")) == 1


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


def test_an_assessment_that_goes_while_the_handler_waits_leaves_nothing(
    quiz: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "apps.gradebook.services.syncing.lock_gradebook", lambda _course_id: delete_assessment(assessment=quiz, by=None)
    )

    assert sync_item(assessment_id=quiz.id) is None
    assert not GradeItem.objects.exists()
