"""Sections of an assessment through the API: lines that draw their questions from the bank."""

from decimal import Decimal
from typing import Any

import pytest

from apps.assessments.models import Assessment, AssessmentItem
from apps.assessments.services import add_question, start_attempt
from apps.assessments.tests.authoring.conftest import ask, item_at, items_of
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": str(new_id()), "draw_count": 1},
        {"draw_count": 0},
        {"draw_count": None},
        {"draw_count": 1, "points": "-1"},
        {"draw_count": 1, "draw_difficulty": "absurd"},
        {"draw_count": 1, "draw_category": str(new_id())},
        {"question": "7"},
    ],
)
def test_a_line_that_is_neither_or_both_is_refused(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf, body: Any
) -> None:
    refused = as_user(instructor).post(items_of(quiz), body)

    assert refused.status_code == 400
    with tenant_context(school):
        assert not AssessmentItem.objects.exists()


def test_a_section_draws_other_questions_for_other_seeds(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        fitting = {str(ask(instructor, str(n), tags=["x", "y"], difficulty="hard").question_id) for n in range(6)}
        ask(instructor, "other", tags=["y"])

    body = {"draw_count": 2, "draw_tags": ["x"], "draw_difficulty": "hard", "points": "3"}
    made = as_user(instructor).post(items_of(quiz), body)

    assert made.status_code == 201
    shown = as_user(instructor).get(f"/api/assessments/{quiz.id}/").json()
    assert (shown["question_count"], shown["max_score"]) == (2, "6.00")
    with tenant_context(school):
        paper = start_attempt(assessment=quiz, by=learner).attempt.paper
    assert {slot["question"] for slot in paper} < fitting
    assert [slot["points"] for slot in paper] == ["3.00", "3.00"]


def test_a_section_without_points_of_its_own_counts_with_the_mean_of_what_it_draws_from(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        for points in ("1", "2", "2"):
            ask(instructor, f"worth {points}", tags=["x"], points=Decimal(points))
        ask(instructor, "elsewhere", points=Decimal(50))

    made = as_user(instructor).post(items_of(quiz), {"draw_count": 2, "draw_tags": ["x"]})

    assert made.status_code == 201
    shown = as_user(instructor).get(f"/api/assessments/{quiz.id}/").json()
    assert (shown["question_count"], shown["max_score"]) == (2, "3.33")


def test_a_section_that_the_bank_cannot_fill_is_refused(
    school: Tenant, quiz: Assessment, instructor: User, colleague: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        fixed = ask(instructor, "fixed", tags=["x"]).question
        for number in range(3):
            ask(instructor, str(number), tags=["x"])
        ask(colleague, "not hers to draw", tags=["x"])
        ask(instructor, "archived", tags=["x"], is_archived=True)
        add_question(assessment=quiz, question=fixed, by=instructor)

    refused = client.post(items_of(quiz), {"draw_count": 4, "draw_tags": ["x"]})
    section = client.post(items_of(quiz), {"draw_count": 2, "draw_tags": ["x"]}).json()
    overlapping = client.post(items_of(quiz), {"draw_count": 2})
    more = client.patch(item_at(section), {"draw_count": 4})

    assert (refused.status_code, refused.json()["code"]) == (409, "bank_too_small")
    assert (refused.json()["available"], refused.json()["draw_count"]) == (3, 4)
    assert (overlapping.status_code, overlapping.json()["available"]) == (409, 1)
    assert (more.status_code, more.json()["available"]) == (409, 3)
    assert [row["draw_count"] for row in client.get(items_of(quiz)).json()["results"]] == [None, 2]


def test_points_and_sections_are_changed_and_fixed_questions_draw_nothing(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        question = ask(instructor, "fixed").question_id
        ask(instructor, "drawn", tags=["x"])
    fixed = client.post(items_of(quiz), {"question": str(question)}).json()
    section = client.post(items_of(quiz), {"draw_count": 1, "draw_tags": ["x"], "points": "2"}).json()

    changed = client.patch(item_at(fixed), {"points": "7.50"})
    own = client.patch(item_at(section), {"points": "1", "draw_tags": []})
    refused = client.patch(item_at(fixed), {"draw_count": 2})
    emptied = client.patch(item_at(section), {"draw_count": None})
    swapped = client.patch(item_at(section), {"question": str(question)}).json()

    assert (changed.json()["points"], own.json()["draw_tags"]) == ("7.50", [])
    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_section")
    assert emptied.status_code == 400
    assert swapped["question"] is None
    assert client.get(f"/api/assessments/{quiz.id}/").json()["max_score"] == "8.50"
