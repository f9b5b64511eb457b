"""The item of an assessment comes, follows and goes with it, whatever the events do."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.events import AssessmentSaved
from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment
from apps.assessments.services import change_assessment, delete_assessment
from apps.core.models import Delivery, Tenant
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook import handlers
from apps.gradebook.factories import GradeFactory, GradeItemFactory
from apps.gradebook.models import Grade, Gradebook, GradeItem
from apps.gradebook.services import ensure_item, forget_assessment, sync_grade, sync_item
from apps.gradebook.tests.taking import take
from apps.users.models import User


@pytest.fixture
def quiz(in_school: Tenant, learner: User) -> Assessment:
    """Return a quiz of three questions of ten points, and the learner in its course."""
    quiz = AssessmentFactory.create(questions=3, title="Loops")
    EnrollmentFactory.create(course=quiz.course, user=learner)
    return quiz


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
    assert Grade.objects.get(item=item, user=learner).score == 30


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


def test_every_change_of_an_assessment_is_told(in_school: Tenant) -> None:
    quiz = AssessmentFactory.create(course=CourseFactory.create())

    def told(call: Callable[[], Any]) -> int:
        before = events_named("assessment.saved.v1")
        call()
        return events_named("assessment.saved.v1") - before

    assert told(lambda: add_choice(quiz)) == 1
    assert told(lambda: change_assessment(assessment=quiz, by=None, title="Other")) == 1


def test_an_assessment_that_goes_while_the_handler_waits_leaves_nothing(
    quiz: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "apps.gradebook.services.syncing.lock_gradebook", lambda _course_id: delete_assessment(assessment=quiz, by=None)
    )

    assert sync_item(assessment_id=quiz.id) is None
    assert not GradeItem.objects.exists()
