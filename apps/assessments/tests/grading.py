"""A course with a quiz of one choice and one essay, and learners who hand it in: what tests of grading begin with."""

from dataclasses import dataclass
from typing import Any

from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services import put_new_question, start_attempt, take_attempt
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import UserFactory
from apps.users.models import User


@dataclass(frozen=True, slots=True)
class Desk:
    """A quiz of 20 points: `choice` (10, the right option is `a`) and `essay` (10), and its handed-in attempts."""

    assessment: Assessment
    choice: str
    essay: str
    attempts: list[Attempt]
    learners: list[User]

    @property
    def attempt(self) -> Attempt:
        return self.attempts[0]


def put_essay(assessment: Assessment, *, points: int = 10) -> str:
    """Put an essay on the assessment; return the question's id."""
    version = put_new_question(
        assessment=assessment, by=None, question_type="essay", question_text="Why?", points=points,
        type_specific_data={},
    )  # fmt: skip
    return str(version.question_id)


def hand_in_as(
    learner: User, assessment: Assessment, answers: dict[str, Any], *, submit: bool = True, **kwargs: Any
) -> Attempt:
    """Take the assessment as `learner` with these answers."""
    attempt = start_attempt(assessment=assessment, by=learner, **kwargs).attempt
    return take_attempt(attempt_id=attempt.id, answers=answers, submit=submit, **kwargs).attempt


def desk_of(school: Tenant, instructor: User, *learners: User, option: str = "a", **fields: Any) -> Desk:
    """Return a quiz that the learners have handed in: `option` chosen, and an essay written."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        assessment = AssessmentFactory.create(course=course, **fields)
        choice = str(add_choice(assessment).question_id)
        essay = put_essay(assessment)
        assessment.refresh_from_db()
        answers = {choice: {"selected_option_id": option}, essay: {"text": "Because."}}
        attempts = []
        for learner in learners:
            EnrollmentFactory.create(course=course, user=learner)
            attempts.append(hand_in_as(learner, assessment, answers))
    return Desk(assessment, choice, essay, attempts, list(learners))


def learners_of(school: Tenant, count: int) -> list[User]:
    """Return that many new learners."""
    with tenant_context(school):
        return UserFactory.create_batch(count)
