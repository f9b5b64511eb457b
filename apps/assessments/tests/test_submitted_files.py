"""Files as answers."""

from typing import Any
from uuid import uuid4

import pytest

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import AttemptAnswer
from apps.assessments.services import put_new_question
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.factories import FileFactory
from apps.users.models import User
from tests.fixtures import ClientOf

RULES = {"allowed_types": ["application/pdf"], "max_files": 1, "max_file_mb": 1}


@pytest.fixture
def attempt(school: Tenant, learner: User, as_user: ClientOf) -> dict[str, Any]:
    """Return a running attempt at an assignment that asks for a small PDF."""
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        assignment = AssessmentFactory.create(course=course, assessment_type="assignment")
        put_new_question(
            assessment=assignment,
            by=None,
            question_type="file_upload",
            question_text="Your report.",
            type_specific_data=RULES,
        )
    started: dict[str, Any] = as_user(learner).post(f"/api/assessments/{assignment.id}/attempts/").json()
    return started


def test_a_learner_hands_in_what_they_uploaded(
    school: Tenant, learner: User, as_user: ClientOf, attempt: dict[str, Any]
) -> None:
    question = attempt["questions"][0]["question"]
    with tenant_context(school):
        file = FileFactory.create(uploaded_by_id=learner.id, media_type="application/pdf", size_bytes=1000)

    saved = as_user(learner).patch(f"/api/attempts/{attempt['id']}/", {"answers": {question: {"file": str(file.id)}}})

    assert saved.json()["receipt"]["saved"] == [question]


@pytest.mark.parametrize(
    "fields",
    [
        {"uploaded_by_id": uuid4(), "media_type": "application/pdf"},
        {"media_type": "text/plain"},
        {"media_type": "application/pdf", "size_bytes": 2 * 1024 * 1024},
    ],
    ids=["of somebody else", "of another type", "too large"],
)
def test_a_file_that_is_not_asked_for_is_refused(
    school: Tenant, learner: User, as_user: ClientOf, attempt: dict[str, Any], fields: dict[str, Any]
) -> None:
    question = attempt["questions"][0]["question"]
    with tenant_context(school):
        file = FileFactory.create(**{"uploaded_by_id": learner.id, "size_bytes": 1000} | fields)

    refused = as_user(learner).patch(f"/api/attempts/{attempt['id']}/", {"answers": {question: {"file": str(file.id)}}})

    assert refused.status_code == 400
    assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [
        (f"answers.{question}.files", "invalid_answer")
    ]
    with tenant_context(school):
        assert not AttemptAnswer.objects.exists()
