"""A quiz that was graded by a wrong key, the correction of the key, and the regrade."""

from typing import Any

import pytest

from apps.assessments.factories import OPTIONS, AssessmentFactory, add_choice
from apps.assessments.models import Attempt, GradeChange
from apps.assessments.tests.grading import Desk, hand_in_as, learners_of
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

RIGHT: list[dict[str, Any]] = [{**option, "is_correct": option["id"] == "b"} for option in OPTIONS["options"]]
CORRECTED: dict[str, Any] = {"options": RIGHT, "multiple": False}
WHY = {"reason": "The key was b."}


def quiz_of(school: Tenant, instructor: User, learners: list[User], *, option: str = "b", **fields: Any) -> Desk:
    """Return a quiz of one choice of the instructor's, whose key says `a`; all of the learners chose `option`."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        quiz = AssessmentFactory.create(course=course, **fields)
        version = add_choice(quiz)
        version.question.created_by_id = instructor.id
        version.question.save()
        quiz.refresh_from_db()
        choice = str(version.question_id)
        for learner in learners:
            EnrollmentFactory.create(course=course, user=learner)
        attempts = [hand_in_as(learner, quiz, {choice: {"selected_option_id": option}}) for learner in learners]
    return Desk(quiz, choice, "", attempts, learners)


@pytest.fixture
def desk(school: Tenant, instructor: User, learner: User) -> Desk:
    return quiz_of(school, instructor, [learner, *learners_of(school, 2)])


def correct(client: Any, desk: Desk, data: Any = CORRECTED, **more: Any) -> Any:
    url = f"/api/questions/{desk.choice}/key-corrections/"
    return client.post(url, {"type_specific_data": data, **WHY, **more})


def regrade(client: Any, desk: Desk, **body: Any) -> Any:
    return client.post(f"/api/assessments/{desk.assessment.id}/regrade/", body)


def stored(school: Tenant) -> list[Any]:
    with tenant_context(school):
        attempts = Attempt.objects.order_by("id").values_list("score", "version", "journal_head")
        return [*attempts, GradeChange.objects.count(), Delivery.objects.count()]
