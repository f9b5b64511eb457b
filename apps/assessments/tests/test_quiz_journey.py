"""From a new quiz to a graded attempt, as the people in it would take it through the API."""

from typing import Any

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.fixture
def course(school: Tenant, instructor: User, learner: User) -> Course:
    """Return a course with its instructor and one learner."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
    return course


def _quiz(client: Any, course: Course) -> tuple[str, str]:
    quiz = client.post(
        "/api/assessments/",
        {"course": str(course.id), "title": "Python Quiz", "assessment_type": "quiz", "pass_mark_percentage": 70},
    )
    assert quiz.status_code == 201, quiz.json()
    question = client.post(
        f"/api/assessments/{quiz.json()['id']}/questions/",
        {
            "question_text": "What is a decorator?",
            "question_type": "multiple_choice",
            "points": 10,
            "type_specific_data": {
                "options": [
                    {"id": "a", "text": "A function wrapper", "is_correct": True},
                    {"id": "b", "text": "A class", "is_correct": False},
                ]
            },
        },
    )
    assert question.status_code == 201, question.json()
    return quiz.json()["id"], question.json()["id"]


def test_an_all_correct_attempt_scores_everything(
    course: Course, instructor: User, learner: User, as_user: ClientOf
) -> None:
    quiz, question = _quiz(as_user(instructor), course)

    started = as_user(learner).post(f"/api/assessments/{quiz}/attempts/")
    submitted = as_user(learner).patch(
        f"/api/attempts/{started.json()['id']}/",
        {"answers": {question: {"selected_option_id": "a"}}, "status": "submitted"},
    )

    assert started.status_code == 201
    assert "is_correct" not in started.content.decode()
    assert submitted.status_code == 200, submitted.json()
    assert (submitted.json()["status"], submitted.json()["percentage"]) == ("graded", "100.00")
    listed = as_user(instructor).get(f"/api/assessments/{quiz}/attempts/").json()
    assert [(row["user"], row["score"]) for row in listed["results"]] == [(str(learner.id), "10.00")]


def test_saves_answer_with_receipts_and_old_ones_do_not_overwrite(
    course: Course, instructor: User, learner: User, as_user: ClientOf
) -> None:
    quiz, question = _quiz(as_user(instructor), course)
    client = as_user(learner)
    attempt = client.post(f"/api/assessments/{quiz}/attempts/").json()["id"]

    newer = client.patch(
        f"/api/attempts/{attempt}/", {"answers": {question: {"selected_option_id": "a"}}, "sequence": 2}
    )
    older = client.patch(
        f"/api/attempts/{attempt}/", {"answers": {question: {"selected_option_id": "b"}}, "sequence": 1}
    )

    assert newer.json()["receipt"]["saved"] == [question]
    assert older.json()["receipt"]["superseded"] == [question]
    kept = client.get(f"/api/attempts/{attempt}/").json()
    assert kept["answers"] == {question: {"selected_option_ids": ["a"]}}
    assert client.get(f"/api/attempts/{attempt}/verify/").json()["is_intact"] is True
    assert client.get(f"/api/attempts/{attempt}/journal/").json()["count"] == 3
