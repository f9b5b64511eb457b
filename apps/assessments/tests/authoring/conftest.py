"""A course with its instructor, a colleague who teaches another one, and a learner."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assessments.factories import OPTIONS, AssessmentFactory
from apps.assessments.models import Assessment, QuestionVersion
from apps.assessments.services import create_question
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User

CountOf = Callable[[Callable[[], Any]], int]
RUBRICS = "/api/rubrics/"
ESSAY = {"question_type": "essay", "question_text": "Why?", "points": 10, "type_specific_data": {}}


@pytest.fixture
def colleague(school: Tenant) -> User:
    """Return an instructor of the same school who does not teach the course."""
    with tenant_context(school):
        return UserFactory.create(roles=[Role.INSTRUCTOR], email="colleague@maple.test")


@pytest.fixture
def course(school: Tenant, instructor: User, learner: User) -> Course:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
    return course


@pytest.fixture
def quiz(school: Tenant, course: Course, instructor: User) -> Assessment:
    """Return the instructor's empty quiz."""
    with tenant_context(school):
        return AssessmentFactory.create(course=course, created_by_id=instructor.id)


@pytest.fixture
def count_queries() -> CountOf:
    """Return a function that counts the statements of a call."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code < 300
        return len(queries)

    return count


def ask(by: User | None, text: str = "What is a decorator?", **fields: Any) -> QuestionVersion:
    """Put a multiple-choice question into the bank of the open school."""
    asked: dict[str, Any] = {"points": 10, "type_specific_data": OPTIONS, **fields}
    return create_question(by=by, question_type="multiple_choice", question_text=text, **asked)


def refusal(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    error = body["errors"][0] if body["errors"] else {"code": body["code"], "field": ""}
    return answer.status_code, error["code"], error["field"]


def items_of(assessment: Assessment) -> str:
    return f"/api/assessments/{assessment.id}/items/"


def item_at(row: Any) -> str:
    return f"/api/assessment-items/{row['id']}/"
