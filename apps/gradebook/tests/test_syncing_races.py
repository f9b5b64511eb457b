"""Scores that arrive at the same moment, each on a connection of its own: the newest state stands in the end."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services import change_assessment, start_attempt, take_attempt
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.factories import GradeScaleFactory
from apps.gradebook.models import Grade, Gradebook, GradebookChange, GradeCategory, GradeItem, GradeScale
from apps.gradebook.services import (
    GradeCategoryTwice,
    ScaleInUse,
    UnknownScale,
    change_gradebook,
    create_category,
    delete_scale,
    syncing,
)
from apps.gradebook.services.cell_changes import CellChange
from apps.gradebook.services.cells import change_grade
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture
def quiz(school: Tenant, learner: User) -> Assessment:
    """Return a quiz of two questions of ten points that is not in the gradebook yet."""
    with tenant_context(school):
        quiz = AssessmentFactory.create(questions=2)
        EnrollmentFactory.create(course=quiz.course, user=learner)
        GradeItem.objects.all().delete()
    return quiz


@pytest.fixture
def attempt(school: Tenant, quiz: Assessment, learner: User) -> Attempt:
    """Return an attempt with one right answer of two, of which the gradebook has not heard."""
    with tenant_context(school):
        attempt = take(quiz, learner, right=1)
        Grade.objects.all().delete()
        GradebookChange.objects.all().delete()
    return attempt


def take(quiz: Assessment, learner: User, *, right: int) -> Attempt:
    attempt = start_attempt(assessment=quiz, by=learner).attempt
    answers = {
        slot["question"]: {"selected_option_id": "a" if place < right else "b"}
        for place, slot in enumerate(attempt.paper)
    }
    return take_attempt(attempt_id=attempt.id, answers=answers, submit=True).attempt


def within(school: Tenant, call: Callable[[], Any]) -> Any:
    with tenant_context(school):
        return call()


def together(school: Tenant, calls: list[Callable[[], Any]]) -> list[Any]:
    return in_parallel([partial(within, school, call) for call in calls])


def failures(results: list[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def history() -> list[tuple[Any, Any]]:
    return list(GradebookChange.objects.order_by("occurred_at", "id").values_list("from_score", "to_score"))


def test_twenty_events_about_one_attempt_make_one_cell_and_one_entry(
    school: Tenant, quiz: Assessment, attempt: Attempt, learner: User
) -> None:
    call = partial(syncing.sync_grade, assessment_id=quiz.id, user_id=learner.id)

    results = together(school, [call] * 20)

    assert failures(results) == []
    with tenant_context(school):
        assert Grade.objects.get().score == 10
        assert history() == [(None, 10)]


def test_twenty_events_about_one_assessment_make_one_item(school: Tenant, quiz: Assessment) -> None:
    results = together(school, [partial(syncing.sync_item, assessment_id=quiz.id)] * 20)

    assert failures(results) == []
    with tenant_context(school):
        assert GradeItem.objects.count() == Gradebook.objects.count() == 1


def test_a_late_event_does_not_overwrite_a_newer_state(
    school: Tenant, quiz: Assessment, attempt: Attempt, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first handler has read the attempts when another score is committed, and writes last, were it not locked."""
    has_read = threading.Event()
    read: Callable[..., Any] = syncing._counted_of

    def read_slowly(column: Any, users: list[UUID]) -> Any:
        found = read(column, users)
        if not has_read.is_set():
            has_read.set()
            time.sleep(0.5)
        return found

    def newer() -> None:
        assert has_read.wait(5)
        Attempt.objects.filter(id=attempt.id).update(score=Decimal(17))
        syncing.sync_grade(assessment_id=quiz.id, user_id=learner.id)

    with tenant_context(school):
        syncing.sync_grade(assessment_id=quiz.id, user_id=learner.id)
        Attempt.objects.filter(id=attempt.id).update(score=Decimal(12))
    monkeypatch.setattr(syncing, "_counted_of", read_slowly)

    results = together(school, [partial(syncing.sync_grade, assessment_id=quiz.id, user_id=learner.id), newer])

    assert failures(results) == []
    with tenant_context(school):
        assert Grade.objects.get().score == 17
        assert history() == [(None, 10), (10, 12), (12, 17)]


def test_a_score_that_arrives_while_the_item_changes_is_scaled_to_what_it_is_worth_then(
    school: Tenant, quiz: Assessment, attempt: Attempt, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler knows the old points when the assessment gets others, and the learner had no cell to be rescaled."""
    is_held = threading.Event()
    fill: Callable[..., None] = syncing._fill

    def fill_slowly(column: Any, users: list[UUID]) -> None:
        if not is_held.is_set():
            is_held.set()
            time.sleep(0.5)
        fill(column, users)

    def more_points() -> None:
        assert is_held.wait(5)
        add_choice(quiz, points=20)

    with tenant_context(school):
        syncing.sync_item(assessment_id=quiz.id)
        Grade.objects.all().delete()
    monkeypatch.setattr(syncing, "_fill", fill_slowly)

    results = together(school, [partial(syncing.sync_grade, assessment_id=quiz.id, user_id=learner.id), more_points])

    assert failures(results) == []
    with tenant_context(school):
        assert GradeItem.objects.get().max_points == 40
        assert Grade.objects.get().score == 20


def test_scores_rules_and_people_at_once_leave_what_the_attempts_say(
    school: Tenant, quiz: Assessment, attempt: Attempt, learner: User, instructor: User
) -> None:
    with tenant_context(school):
        syncing.sync_item(assessment_id=quiz.id)
        best = take(quiz, learner, right=2)
        take(quiz, learner, right=0)
    item = CellChange(item_id=quiz.id, user_id=learner.id, score=Decimal(3))
    calls: list[Callable[[], Any]] = [
        *[partial(syncing.sync_grade, assessment_id=quiz.id, user_id=learner.id)] * 6,
        *[partial(change_assessment, assessment=quiz, by=None, counted_attempt=rule) for rule in ("latest", "first")],
        partial(add_choice, quiz, text="More", points=20),
        partial(change_grade, course_id=quiz.course_id, change=item, by=instructor, reason="Well done."),
    ]

    results = together(school, calls)
    with tenant_context(school):
        change_assessment(assessment=quiz, by=None, counted_attempt="highest")
        cell = Grade.objects.get()

        assert failures(results) == []
        assert (cell.score, cell.attempt_id, cell.override) == (Decimal(40), best.id, Decimal(3))
        steps = history()
        assert all(after == before for (_, after), (before, _) in pairwise(steps))
        assert steps[-1][1] == cell.effective_score


def test_two_categories_of_one_name_are_one(school: Tenant, quiz: Assessment) -> None:
    results = together(school, [partial(create_category, course=quiz.course, by=None, name="Quizzes")] * 8)

    assert [type(result) for result in failures(results)] == [GradeCategoryTwice] * 7
    with tenant_context(school):
        assert GradeCategory.objects.count() == 1


def test_a_scale_is_chosen_or_deleted_but_not_both(school: Tenant, quiz: Assessment) -> None:
    for _ in range(5):
        with tenant_context(school):
            scale = GradeScaleFactory.create()

        results = together(
            school,
            [
                partial(change_gradebook, course_id=quiz.course_id, by=None, scale=scale),
                partial(delete_scale, scale=GradeScale(id=scale.id, tenant_id=school.id), by=None),
            ],
        )

        (failure,) = failures(results)
        with tenant_context(school):
            is_there = GradeScale.objects.filter(id=scale.id).exists()
            assert isinstance(failure, ScaleInUse if is_there else UnknownScale)
            assert Gradebook.objects.filter(scale_id=scale.id).exists() == is_there
