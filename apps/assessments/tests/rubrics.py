"""A rubric, and what tests say by it."""

from typing import Any

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Rubric
from apps.assessments.services import put_new_question
from apps.assessments.services.rubrics import create_rubric
from apps.assessments.tests.grading import Desk, hand_in_as
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

CRITERIA: list[dict[str, Any]] = [
    {
        "id": "thesis",
        "title": "Thesis",
        "description": "What is claimed.",
        "note": "For graders: be kind.",
        "levels": [
            {"id": "none", "title": "None", "points": 0},
            {"id": "some", "title": "Some", "points": "1.5"},
            {"id": "clear", "title": "Clear", "description": "In one sentence.", "points": 4},
        ],
    },
    {"id": "style", "title": "Style", "max_points": 2},
]
# 3.50 of 6 points.
JUDGED: dict[str, Any] = {"thesis": {"level": "some", "comment": "Say it earlier."}, "style": {"points": "2.00"}}


def put_rubric(by: User | None, **fields: Any) -> Rubric:
    """Make a rubric of 6 points in the open school."""
    return create_rubric(by=by, **{"title": "Essays", "criteria": CRITERIA, **fields}).rubric


def rubric_desk(school: Tenant, instructor: User, *learners: User, **fields: Any) -> Desk:
    """Return an assignment of one essay for 10 points, graded by the rubric of 6, and attempts that are handed in."""
    shows_rubric = fields.pop("shows_rubric", False)
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        assessment = AssessmentFactory.create(course=course, **fields)
        essay = put_new_question(
            assessment=assessment, by=instructor, question_type="essay", question_text="Why?", points=10,
            type_specific_data={}, rubric=put_rubric(instructor), shows_rubric=shows_rubric,
        )  # fmt: skip
        assessment.refresh_from_db()
        for learner in learners:
            EnrollmentFactory.create(course=course, user=learner)
        answers = {str(essay.question_id): {"text": "Because."}}
        attempts = [hand_in_as(learner, assessment, answers) for learner in learners]
    return Desk(assessment, "", str(essay.question_id), attempts, list(learners))
