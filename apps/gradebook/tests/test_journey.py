"""From a new assessment to its grades, as the people in it would take it through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf

Delivered = Callable[[Callable[[], Any]], Any]
OPTIONS = [{"id": "a", "text": "A wrapper", "is_correct": True}, {"id": "b", "text": "A class", "is_correct": False}]
QUESTION = {
    "question_text": "What is a decorator?", "question_type": "multiple_choice", "points": 10,
    "type_specific_data": {"options": OPTIONS},
}  # fmt: skip


@pytest.fixture
def delivered(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Delivered:
    """Return a function that makes a request, and lets its events arrive."""

    def send(request: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = request()
        assert answer.status_code < 300, answer.content
        return answer.json() if answer.content else None

    return send


@pytest.fixture
def course(school: Tenant, instructor: User, learner: User) -> Course:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
    return course


def test_scores_find_their_way_into_the_gradebook(
    course: Course, instructor: User, learner: User, as_user: ClientOf, delivered: Delivered
) -> None:
    staff, taker = as_user(instructor), as_user(learner)
    items = f"/api/courses/{course.slug}/grade-items/"

    def quiz_of(**fields: Any) -> str:
        made = delivered(lambda: staff.post("/api/assessments/", {"course": str(course.id), **fields}))
        for _ in range(2):
            delivered(lambda: staff.post(f"/api/assessments/{made['id']}/questions/", QUESTION))
        return str(made["id"])

    def take(quiz: str, right: int) -> None:
        attempt = delivered(lambda: taker.post(f"/api/assessments/{quiz}/attempts/"))
        answers = {
            slot["question"]: {"selected_option_id": "a" if place < right else "b"}
            for place, slot in enumerate(attempt["questions"])
        }
        body = {"answers": answers, "status": "submitted"}
        delivered(lambda: taker.patch(f"/api/attempts/{attempt['id']}/", body))

    def cell(quiz: str) -> tuple[Any, ...]:
        shown = staff.get(f"/api/grade-items/{quiz}/grades/{learner.id}/").json()
        return shown["score"], shown["assessment_score"], shown["override"]

    quiz = quiz_of(title="Loops")
    quiz_of(title="For fun", assessment_type="practice")
    (item,) = staff.get(items).json()["results"]
    assert (item["id"], item["title"], item["max_points"], item["assessment"]) == (quiz, "Loops", "20.00", quiz)

    assert cell(quiz) == (None, None, None)
    take(quiz, 1)
    assert cell(quiz) == ("10.00", "10.00", None)
    take(quiz, 2)
    assert cell(quiz) == ("20.00", "20.00", None)
    take(quiz, 0)
    assert cell(quiz) == ("20.00", "20.00", None)

    override = {"score": "15.00", "reason": "Copied from a neighbour."}
    delivered(lambda: staff.patch(f"/api/grade-items/{quiz}/grades/{learner.id}/", override))
    delivered(lambda: staff.patch(f"/api/assessments/{quiz}/", {"counted_attempt": "latest", "title": "Loops 2"}))
    assert cell(quiz) == ("15.00", "0.00", "15.00")
    assert [row["title"] for row in staff.get(items).json()["results"]] == ["Loops 2"]

    history = staff.get(f"/api/grade-items/{quiz}/grades/{learner.id}/history/").json()["results"]
    assert [(row["kind"], row["from_score"], row["to_score"]) for row in history] == [
        ("overridden", "20.00", "15.00"), ("attempt", "10.00", "20.00"), ("attempt", None, "10.00"),
    ]  # fmt: skip


def test_an_assessment_that_is_deleted_takes_its_item_along(
    course: Course, instructor: User, as_user: ClientOf, delivered: Delivered
) -> None:
    staff = as_user(instructor)
    items = f"/api/courses/{course.id}/grade-items/"
    quiz = delivered(lambda: staff.post("/api/assessments/", {"course": str(course.id), "title": "Loops"}))
    copy = delivered(lambda: staff.post(f"/api/assessments/{quiz['id']}/copy/"))
    before = [row["title"] for row in staff.get(items).json()["results"]]

    delivered(lambda: staff.delete(f"/api/assessments/{quiz['id']}/"))

    assert before == ["Loops", "Loops (copy)"]
    assert [row["id"] for row in staff.get(items).json()["results"]] == [copy["id"]]
