"""The lines of an assessment through the API."""

from decimal import Decimal
from typing import Any

import pytest

from apps.assessments.models import Assessment, AssessmentItem
from apps.assessments.services import add_question, start_attempt
from apps.assessments.tests.authoring.conftest import CountOf, ask
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def items_of(assessment: Assessment) -> str:
    return f"/api/assessments/{assessment.id}/items/"


def item_at(row: Any) -> str:
    return f"/api/assessment-items/{row['id']}/"


def test_a_question_of_the_bank_is_put_on_with_its_own_points_or_others(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        first, second = ask(instructor, "one").question_id, ask(instructor, "two").question_id

    one = client.post(items_of(quiz), {"question": str(first)})
    two = client.post(items_of(quiz), {"question": str(second), "points": "2.50"})
    again = client.post(items_of(quiz), {"question": str(second)})

    assert (one.status_code, two.status_code) == (201, 201)
    assert (one.json()["points"], one.json()["question_points"], one.json()["order"]) == (None, "10.00", 0)
    assert (two.json()["points"], two.json()["question_text"], two.json()["order"]) == ("2.50", "two", 1)
    assert (again.status_code, again.json()["code"]) == (409, "question_twice")
    shown = client.get(f"/api/assessments/{quiz.id}/").json()
    assert (shown["question_count"], shown["max_score"]) == (2, "12.50")
    assert "is_correct" not in client.get(items_of(quiz)).content.decode()


def test_only_what_the_author_may_use_is_put_on(
    school: Tenant, quiz: Assessment, instructor: User, colleague: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        hers = ask(colleague).question_id
        shared = ask(colleague, is_shared=True).question_id

    refused = as_user(instructor).post(items_of(quiz), {"question": str(hers)})
    taken = as_user(instructor).post(items_of(quiz), {"question": str(shared)})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "does_not_exist")
    assert taken.status_code == 201


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


def test_two_authors_do_not_overwrite_each_other(
    school: Tenant, quiz: Assessment, instructor: User, admin: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor).question_id
    made = as_user(instructor).post(items_of(quiz), {"question": str(question)})
    tag = {"If-Match": made.headers["ETag"]}

    first = as_user(instructor).patch(item_at(made.json()), {"points": "1"}, headers=tag)
    second = as_user(admin).patch(item_at(made.json()), {"points": "2"}, headers=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert as_user(admin).get(item_at(made.json())).json()["points"] == "1.00"


def test_lines_are_put_in_order_all_or_nothing(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        questions = [str(ask(instructor, str(n)).question_id) for n in range(3)]
    ids = [client.post(items_of(quiz), {"question": question}).json()["id"] for question in questions]
    address = f"{items_of(quiz)}reorder/"

    ordered = client.post(address, {"ids": [ids[2], ids[0], ids[1]]})
    short = client.post(address, {"ids": ids[:2]})
    twice = client.post(address, {"ids": [ids[0], *ids]})

    assert [row["id"] for row in ordered.json()["results"]] == [ids[2], ids[0], ids[1]]
    assert (short.json()["code"], twice.json()["code"]) == ("invalid_order", "invalid_order")
    with tenant_context(school):
        paper = start_attempt(assessment=quiz, by=learner).attempt.paper
    assert [slot["question_text"] for slot in paper] == ["2", "0", "1"]
    asked = client.get(f"/api/assessments/{quiz.id}/questions/").json()["results"]
    assert [row["question_text"] for row in asked] == ["2", "0", "1"]


def test_a_line_that_goes_leaves_its_question_in_the_bank(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        question = ask(instructor).question_id
    made = client.post(items_of(quiz), {"question": str(question)}).json()

    gone = client.delete(item_at(made))

    assert gone.status_code == 204
    assert client.get(f"/api/questions/{question}/").status_code == 200
    assert client.get(f"/api/assessments/{quiz.id}/").json()["question_count"] == 0


def test_lines_are_for_who_makes_the_assessment(
    school: Tenant,
    quiz: Assessment,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        item = add_question(assessment=quiz, question=ask(instructor).question, by=instructor)
        other = ask(instructor, is_shared=True).question_id
    address = f"/api/assessment-items/{item.id}/"

    outsiders = (colleague, principal, learner, stranger)
    lists = [as_user(person).get(items_of(quiz)).status_code for person in outsiders]
    shown = [as_user(person).get(address).status_code for person in outsiders]
    added = [as_user(person).post(items_of(quiz), {"question": str(other)}).status_code for person in outsiders]
    moved = [
        as_user(person).post(f"{items_of(quiz)}reorder/", {"ids": [str(item.id)]}).status_code for person in outsiders
    ]
    changed = [as_user(person).patch(address, {"points": "1"}).status_code for person in outsiders]
    removed = [as_user(person).delete(address).status_code for person in outsiders]

    assert lists == [404, 200, 403, 404]
    assert shown == [404, 200, 403, 404]
    assert added == moved == [404, 403, 403, 404]
    assert changed == removed == [404, 403, 403, 404]
    with tenant_context(school):
        assert list(AssessmentItem.objects.values_list("id", "points", "order")) == [(item.id, None, 0)]


def test_the_list_costs_the_same_for_three_and_for_thirty(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf, count_queries: CountOf
) -> None:
    client = as_user(instructor)
    counts = []

    for more in (3, 27):
        with tenant_context(school):
            for number in range(more):
                question = ask(instructor, f"{more} {number}").question
                AssessmentItem.objects.create(assessment=quiz, question=question)
        counts.append(count_queries(lambda: client.get(items_of(quiz), {"page_size": 50})))

    assert counts[0] == counts[1]
    assert counts[0] <= 6


def test_a_question_on_two_assessments_is_listed_once_on_each(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor).question
        other = Assessment.objects.create(course=quiz.course, title="Other")
        add_question(assessment=other, question=ask(instructor, "first there").question, by=instructor)
        for assessment in (quiz, other):
            add_question(assessment=assessment, question=question, by=instructor)

    rows = as_user(instructor).get(f"/api/assessments/{quiz.id}/questions/").json()["results"]

    assert [row["id"] for row in rows] == [str(question.id)]


def test_an_assessment_is_published_empty_and_starting_it_says_so(
    quiz: Assessment, learner: User, instructor: User, as_user: ClientOf
) -> None:
    created = as_user(instructor).post("/api/assessments/", {"course": str(quiz.course_id), "title": "Empty"})

    started = as_user(learner).post(f"/api/assessments/{created.json()['id']}/attempts/")

    assert created.json()["status"] == "published"
    assert (started.status_code, started.json()["code"]) == (409, "assessment_empty")


def test_status_moves_freely_until_somebody_has_taken_it(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client, address = as_user(instructor), f"/api/assessments/{quiz.id}/"
    with tenant_context(school):
        add_question(assessment=quiz, question=ask(instructor).question, by=instructor)

    free = [client.patch(address, {"status": status}).status_code for status in ("draft", "archived", "published")]
    client.patch(address, {"status": "draft"})
    hidden = as_user(learner).get(address).status_code
    client.patch(address, {"status": "published"})
    with tenant_context(school):
        start_attempt(assessment=quiz, by=learner)
    back = client.patch(address, {"status": "draft"})
    gone = client.delete(address)
    archived = client.patch(address, {"status": "archived"})

    assert free == [200, 200, 200]
    assert hidden == 404
    assert (back.status_code, back.json()["code"]) == (409, "assessment_taken")
    assert (gone.status_code, gone.json()["code"]) == (409, "assessment_taken")
    assert archived.json()["status"] == "archived"
    assert client.patch(address, {"status": "draft"}).status_code == 409


def test_no_assessment_begins_archived(quiz: Assessment, instructor: User, as_user: ClientOf) -> None:
    refused = as_user(instructor).post(
        "/api/assessments/", {"course": str(quiz.course_id), "title": "Late", "status": "archived"}
    )

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_status")
