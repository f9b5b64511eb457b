"""Edges of starting, handing in and grading that journeys seldom meet."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AttemptStatus, SubmittedBy
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, AssessmentItem, Attempt, Rubric
from apps.assessments.services import AttemptOver, complete_quiz_items, start_attempt
from apps.assessments.services.deadlines import submit_overdue_attempts
from apps.assessments.services.papers import BankTooSmall
from apps.assessments.services.rubrics import RubricGone, require_rubric
from apps.assessments.services.saving import save_answers
from apps.assessments.services.submitting import hand_in
from apps.assessments.tasks import submit_overdue
from apps.assessments.tests.grading import desk_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.choices import CourseStatus
from apps.courses.factories import ContentItemFactory, ModuleFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.fixture
def quiz(in_school: Tenant, learner: User) -> Assessment:
    """Return a quiz of one question in a course of the learner."""
    quiz = AssessmentFactory.create(questions=1)
    EnrollmentFactory.create(course=quiz.course, user=learner)
    return quiz


def test_a_section_that_draws_more_than_there_is_starts_nothing(quiz: Assessment, learner: User) -> None:
    AssessmentItem.objects.create(assessment=quiz, draw_count=3, draw_tags=["rare"], order=9)

    with pytest.raises(BankTooSmall):
        start_attempt(assessment=quiz, by=learner)

    assert not Attempt.objects.exists()


def test_what_is_handed_in_stays_as_it_was(quiz: Assessment, learner: User) -> None:
    attempt = start_attempt(assessment=quiz, by=learner).attempt
    first = hand_in(attempt=attempt, submitted_by=SubmittedBy.LEARNER, now=timezone.now())
    length = first.journal_length

    again = hand_in(attempt=first, submitted_by=SubmittedBy.DEADLINE, now=timezone.now())

    assert (again.submitted_by, again.journal_length) == (SubmittedBy.LEARNER, length)


def test_a_survey_without_points_is_passed_with_nothing_of_nothing(
    in_school: Tenant, learner: User, as_user: ClientOf
) -> None:
    survey = AssessmentFactory.create(assessment_type="survey", questions=1)
    AssessmentItem.objects.update(points=0)
    EnrollmentFactory.create(course=survey.course, user=learner)
    client = as_user(learner)
    attempt = client.post(f"/api/assessments/{survey.id}/attempts/").json()

    done = client.patch(f"/api/attempts/{attempt['id']}/", {"status": "submitted"}).json()

    assert (done["status"], done["percentage"], done["is_passed"]) == ("graded", "0.00", True)
    assert Attempt.objects.get().max_score == Decimal(0)


def test_who_lost_the_course_completes_nothing_in_it(quiz: Assessment, learner: User) -> None:
    module = ModuleFactory.create(course=quiz.course)
    ContentItemFactory.create(module=module, content_type="quiz", payload={"assessment_id": str(quiz.id)})
    type(quiz.course).objects.update(status=CourseStatus.ARCHIVED)

    assert complete_quiz_items(assessment_id=quiz.id, user_id=learner.id) == 0


def test_nothing_overdue_is_nothing_handed_in(quiz: Assessment, learner: User) -> None:
    start_attempt(assessment=quiz, by=learner)

    assert submit_overdue_attempts(now=timezone.now()) == 0
    assert Attempt.objects.get().status == AttemptStatus.IN_PROGRESS


def test_answers_are_saved_neither_after_the_deadline_nor_after_handing_in(quiz: Assessment, learner: User) -> None:
    attempt = start_attempt(assessment=quiz, by=learner).attempt
    attempt.deadline_at = attempt.started_at + timedelta(minutes=10)

    with pytest.raises(AttemptOver, match="time"), transaction.atomic():
        save_answers(attempt=attempt, answers={}, now=attempt.started_at + timedelta(minutes=11))
    handed_in = hand_in(attempt=attempt, submitted_by=SubmittedBy.LEARNER, now=attempt.started_at)
    with pytest.raises(AttemptOver, match="handed in"), transaction.atomic():
        save_answers(attempt=handed_in, answers={}, now=attempt.started_at)

    assert Attempt.objects.get().sequence == 0


def test_an_assessment_that_closes_at_the_end_of_all_times_is_taken_as_any_other(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    assessment = desk_of(school, instructor, learner).assessment
    with tenant_context(school):
        Attempt.objects.all().delete()
        Assessment.objects.filter(id=assessment.id).update(closes_at="9999-12-31T23:59:59Z")
    client = as_user(learner)
    started = client.post(f"/api/assessments/{assessment.id}/attempts/").json()

    saved = client.patch(f"/api/attempts/{started['id']}/", {"answers": {}})
    again = client.post(f"/api/assessments/{assessment.id}/attempts/")
    handed_in = client.patch(f"/api/attempts/{started['id']}/", {"status": "submitted"})

    assert [answer.status_code for answer in (saved, again, handed_in)] == [200, 200, 200]
    assert saved.json()["deadline_at"] == "9999-12-31T23:59:59Z"


def test_a_time_limit_beyond_the_calendar_is_none(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    assessment = desk_of(school, instructor, learner).assessment
    with tenant_context(school):
        Attempt.objects.all().delete()
        Assessment.objects.filter(id=assessment.id).update(time_limit_minutes=2_147_483_647)
    grant = {"user": str(learner.id), "assessment": str(assessment.id), "extra_time_percentage": 1000}
    bounded = as_user(learner).post(f"/api/assessments/{assessment.id}/attempts/").json()

    granted = as_user(instructor).post("/api/accommodations/", grant)

    assert granted.status_code == 201, granted.json()
    assert bounded["deadline_at"] is not None
    assert as_user(learner).get(f"/api/attempts/{bounded['id']}/").json()["deadline_at"] is None


def test_a_manual_assessment_leaves_every_answer_to_a_person(school: Tenant, instructor: User, learner: User) -> None:
    desk = desk_of(school, instructor, learner, grading_mode="manual")

    with tenant_context(school):
        points = list(desk.attempt.answers.order_by("id").values_list("points", flat=True))
    assert (desk.attempt.status, desk.attempt.score, points) == (AttemptStatus.SUBMITTED, None, [None, None])


def test_a_rubric_that_is_gone_is_named_by_no_question(in_school: Tenant) -> None:
    with pytest.raises(RubricGone), transaction.atomic():
        require_rubric(Rubric(title="Deleted meanwhile"))


def test_the_clock_hands_in_what_is_overdue_in_every_school(
    school: Tenant, other_school: Tenant, learner: User, stranger: User
) -> None:
    for tenant, user in ((school, learner), (other_school, stranger)):
        with tenant_context(tenant):
            quiz = AssessmentFactory.create(questions=1, time_limit_minutes=10)
            EnrollmentFactory.create(course=quiz.course, user=user)
            start_attempt(assessment=quiz, by=user, now=timezone.now() - timedelta(minutes=11))

    first, again = submit_overdue(), submit_overdue()

    assert (first, again) == (2, 0)
    for tenant in (school, other_school):
        with tenant_context(tenant):
            attempt = Attempt.objects.get()
            assert (attempt.submitted_by, attempt.submitted_at) == (SubmittedBy.DEADLINE, attempt.deadline_at)
