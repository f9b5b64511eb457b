"""The demo's gradebooks: weights, scales, the scores of all attempts, and what people graded."""

from random import Random
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.demo import seed_demo as seed_assessments
from apps.assessments.models import Assessment, Attempt
from apps.core.demo import DemoSchool
from apps.core.models import Tenant
from apps.courses.demo import seed_demo as seed_courses
from apps.enrollments.demo import seed_demo as seed_enrollments
from apps.gradebook.demo import seed_demo
from apps.gradebook.models import Grade, Gradebook, GradebookChange, GradeCategory, GradeItem, GradeScale
from apps.gradebook.selectors.setup import setup_warnings
from apps.gradebook.services import change_category
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import Group

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def demo(in_school: Tenant) -> DemoSchool:
    """Return a school with its people, courses, enrolments and assessments."""
    admin = UserFactory.create(roles=[Role.ADMIN], email="admin@maple.local")
    UserFactory.create(roles=[Role.INSTRUCTOR], email="john@maple.local")
    learners = [UserFactory.create(email=f"learner{number:02}@maple.local") for number in range(12)]
    school = DemoSchool(tenant=in_school, random=Random(7), now=timezone.now())
    school.shared |= {"admin": admin, "learners": learners, "groups": [Group.objects.create(name="Cohort")]}
    for seed in (seed_courses, seed_enrollments, seed_assessments):
        seed(school)
    return school


def stored() -> list[Any]:
    models = (Gradebook, GradeScale, GradeCategory, GradeItem, Grade, GradebookChange)
    return [list(model.objects.order_by("id").values()) for model in models]


def test_every_course_with_an_assessment_counts_and_a_second_time_adds_nothing(demo: DemoSchool) -> None:
    seed_demo(demo)
    first = stored()
    seed_demo(demo)

    assert stored() == first
    assert (Gradebook.objects.count(), GradeItem.objects.filter(assessment=None).count()) == (6, 6)
    graded = Assessment.objects.exclude(assessment_type="practice")
    assert set(GradeItem.objects.exclude(assessment=None).values_list("id")) == set(graded.values_list("id"))
    assert not GradeItem.objects.filter(category=None).exists()
    assert [setup_warnings(gradebook) for gradebook in Gradebook.objects.all()] == [[]] * 6
    assert set(Gradebook.objects.values_list("scale__kind", flat=True)) == {"letter", "pass_fail"}


def test_the_scores_of_all_attempts_and_of_people_stand_in_the_cells(demo: DemoSchool) -> None:
    seed_demo(demo)

    attempts = Attempt.objects.filter(status="graded").exclude(assessment__assessment_type="practice")
    takers = attempts.values_list("assessment_id", "user_id").distinct()
    assert set(Grade.objects.filter(score__isnull=False).values_list("item_id", "user_id")) == set(takers)
    assert takers.count() > 20
    given = Grade.objects.filter(item__assessment=None)
    assert {grade.is_excused for grade in given} == {True, False}
    assert all(10 <= grade.override <= 20 for grade in given if grade.override is not None)
    assert GradebookChange.objects.filter(kind="attempt").count() == takers.count()


def test_what_people_changed_since_is_left_alone(demo: DemoSchool) -> None:
    seed_demo(demo)
    category = GradeCategory.objects.order_by("id")[0]
    change_category(category=category, by=None, weight_percentage=10)
    before = stored()

    seed_demo(demo)

    assert stored() == before
