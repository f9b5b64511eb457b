"""The demo data: six assessments with thirty questions, taken by the demo's learners; the same every time."""

from random import Random
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.demo import seed_demo
from apps.assessments.demo_content import DEMO_ASSESSMENTS
from apps.assessments.models import (
    Accommodation,
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptAnswer,
    GradeChange,
    Question,
    QuestionCategory,
    QuestionVersion,
    Rubric,
)
from apps.assessments.services import check_journal
from apps.core.demo import DemoSchool
from apps.core.models import Tenant
from apps.courses.demo import seed_demo as seed_courses
from apps.courses.models import ContentItem
from apps.enrollments.demo import seed_demo as seed_enrollments
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import Group

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def demo(in_school: Tenant) -> DemoSchool:
    """Return a school with its people, courses and enrolments."""
    admin = UserFactory.create(roles=[Role.ADMIN], email="admin@maple.local")
    UserFactory.create(roles=[Role.INSTRUCTOR], email="john@maple.local")
    learners = [UserFactory.create(email=f"learner{number:02}@maple.local") for number in range(12)]
    school = DemoSchool(tenant=in_school, random=Random(7), now=timezone.now())
    school.shared |= {"admin": admin, "learners": learners, "groups": [Group.objects.create(name="Cohort")]}
    seed_courses(school)
    seed_enrollments(school)
    return school


def results() -> list[Any]:
    order = ("assessment__title", "user__email", "number")
    return list(Attempt.objects.order_by(*order).values_list(*order, "status", "percentage", "started_at"))


def test_there_is_enough_of_everything_and_a_second_time_adds_nothing(demo: DemoSchool) -> None:
    seed_demo(demo)
    first = results()
    seed_demo(demo)

    assert results() == first
    assert (Assessment.objects.count(), Question.objects.count(), QuestionCategory.objects.count()) == (6, 30, 6)
    assert set(QuestionVersion.objects.values_list("question_type", flat=True)) == {"multiple_choice"}
    assert Attempt.objects.filter(status="graded", score__isnull=False).count() >= 30
    assert len(set(Attempt.objects.values_list("percentage", flat=True))) > 3
    assert set(Attempt.objects.values_list("is_passed", flat=True)) == {True, False, None}
    assert AssessmentItem.objects.filter(question=None).count() == 1
    assert list(Rubric.objects.values_list("title", "is_shared", "version_number")) == [("Short essays", True, 1)]
    assert GradeChange.objects.count() == Attempt.objects.filter(status="graded").count()
    assert {row.group is None for row in Accommodation.objects.all()} == {True, False}


def test_one_attempt_still_runs_with_two_answers(demo: DemoSchool) -> None:
    seed_demo(demo)

    running = Attempt.objects.get(status="in_progress")
    assert running.deadline_at is None
    assert running.started_at < demo.now
    assert AttemptAnswer.objects.filter(attempt=running).count() == 2


def test_every_journal_proves_its_attempt(demo: DemoSchool) -> None:
    seed_demo(demo)

    assert [attempt.id for attempt in Attempt.objects.all() if check_journal(attempt)] == []
    assert all(attempt.started_at >= attempt.enrollment.enrolled_at for attempt in Attempt.objects.all())
    assert all(attempt.started_at < demo.now for attempt in Attempt.objects.all())


def test_the_same_dice_give_the_same_scores(demo: DemoSchool) -> None:
    demo.random.seed(3)
    seed_demo(demo)
    first = results()
    ContentItem.objects.filter(content_type="quiz").delete()
    Attempt.objects.all().delete()
    AssessmentItem.objects.all().delete()
    Assessment.objects.all().delete()
    Question.objects.all().delete()
    QuestionCategory.objects.all().delete()
    Accommodation.objects.all().delete()

    demo.random.seed(3)
    seed_demo(demo)

    assert results() == first


def test_each_course_shows_its_assessment_as_an_optional_item(demo: DemoSchool) -> None:
    seed_demo(demo)

    for assessment in Assessment.objects.all():
        item = ContentItem.objects.get(course_id=assessment.course_id, content_type="quiz")
        assert item.payload == {"assessment_id": str(assessment.id)}
        assert not item.is_required


def test_what_people_deleted_or_changed_since_is_left_alone(demo: DemoSchool) -> None:
    seed_demo(demo)
    before = results()
    Question.objects.update(difficulty="easy")
    demo.shared["learners"].append(UserFactory.create(email="zoe@maple.local"))

    seed_demo(demo)

    assert results() == before
    assert set(Question.objects.values_list("difficulty", flat=True)) == {"easy"}


def test_every_question_has_four_different_options() -> None:
    questions = [question for definition in DEMO_ASSESSMENTS for question in definition.questions]

    assert len(questions) == len({question.text for question in questions}) == 30
    assert all(len(set(question.options)) == 4 for question in questions)
