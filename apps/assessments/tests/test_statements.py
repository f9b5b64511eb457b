"""How many SQL statements an attempt costs: entry, BEGIN and COMMIT included, whatever the number of questions."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(60),
    pytest.mark.parametrize("questions", [3, 30]),
]


@pytest.fixture(autouse=True)
def _handlers_run_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a broker the request writes the deliveries, and a worker runs them."""
    monkeypatch.setattr("apps.core.events.outbox._dispatch", lambda _references: None)


@pytest.fixture
def quiz(school: Tenant, learner: User, questions: int) -> Assessment:
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        return AssessmentFactory.create(course=course, questions=questions, show_answers="submitted")


def counted(client: APIClient, method: str, url: str, data: Any = None) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url, data)
    assert response.status_code < 300, response.content
    return response.json(), len(queries)


def started(client: APIClient, quiz: Assessment) -> tuple[str, dict[str, Any]]:
    attempt = client.post(f"/api/assessments/{quiz.id}/attempts/").json()
    answers = {slot["question"]: {"selected_option_id": "a"} for slot in attempt["questions"]}
    return f"/api/attempts/{attempt['id']}/", answers


def test_starting_costs_ten_and_two_for_questions_that_stand_on_a_paper_for_the_first_time(
    school: Tenant, quiz: Assessment, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        second = UserFactory.create()
        EnrollmentFactory.create(course=quiz.course, user=second)
    url = f"/api/assessments/{quiz.id}/attempts/"

    _, first = counted(as_user(learner), "post", url)
    _, again = counted(as_user(learner), "post", url)
    _, other = counted(as_user(second), "post", url)

    assert (first, again, other) == (12, 7, 10)


def test_a_save_costs_five(quiz: Assessment, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    url, answers = started(client, quiz)

    _, first = counted(client, "patch", url, {"answers": answers, "sequence": 1})
    _, again = counted(client, "patch", url, {"answers": answers, "sequence": 2})

    assert (first, again) == (5, 5)


def test_handing_in_with_answers_costs_seven(quiz: Assessment, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    url, answers = started(client, quiz)
    handing_in = {"answers": answers, "status": "submitted"}

    graded, first = counted(client, "patch", url, handing_in)
    same, again = counted(client, "patch", url, handing_in)
    _, looking = counted(client, "get", url)

    assert (first, again, looking) == (7, 5, 3)
    assert graded["percentage"] == "100.00"
    assert {slot["points_given"] for slot in graded["questions"]} == {"10.00"}
    assert graded.pop("receipt")["sequence"] == 1
    assert same.pop("receipt") is None
    assert same == graded


def test_a_person_who_teaches_sees_any_number_of_attempts_with_the_same_statements(
    school: Tenant, quiz: Assessment, admin: User, as_user: ClientOf, questions: int
) -> None:
    with tenant_context(school):
        for person in UserFactory.create_batch(questions):
            EnrollmentFactory.create(course=quiz.course, user=person)
            as_user(person).post(f"/api/assessments/{quiz.id}/attempts/")

    rows, cost = counted(as_user(admin), "get", f"/api/assessments/{quiz.id}/attempts/")

    assert rows["count"] == questions
    assert cost == 4
