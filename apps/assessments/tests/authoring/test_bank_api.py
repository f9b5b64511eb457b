"""The bank through the API: who finds which questions, and what a change makes of them."""

from functools import partial
from typing import Any

import pytest

from apps.assessments.factories import OPTIONS
from apps.assessments.models import Assessment, Question, QuestionCategory, QuestionVersion
from apps.assessments.services import add_question, create_category, start_attempt
from apps.assessments.tests.authoring.conftest import CountOf, ask
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

QUESTIONS = "/api/questions/"
CATEGORIES = "/api/question-categories/"
NEW = {"question_type": "multiple_choice", "question_text": "Why?", "points": 5, "type_specific_data": OPTIONS}


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return sorted(row["question_text"] for row in answer.json()["results"])


def test_authors_find_their_own_questions_and_the_shared_ones(
    school: Tenant,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        ask(instructor, "mine")
        ask(colleague, "hers")
        ask(colleague, "hers, shared", is_shared=True)

    assert texts(as_user(instructor).get(QUESTIONS)) == ["hers, shared", "mine"]
    assert texts(as_user(principal).get(QUESTIONS)) == ["hers", "hers, shared", "mine"]
    assert texts(as_user(stranger).get(QUESTIONS)) == []
    assert as_user(learner).get(QUESTIONS).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tag": "loops"}, ["for"]),
        ({"difficulty": "hard"}, ["while"]),
        ({"question_type": "true_false"}, []),
        ({"question_type": "multiple_choice", "tag": "loops"}, ["for"]),
        ({"q": "HIL"}, ["while"]),
        ({"scope": "mine"}, ["for", "while"]),
        ({"scope": "shared"}, ["shared"]),
        ({"is_archived": "true"}, ["old"]),
        ({"is_archived": "false"}, ["for", "shared", "while"]),
        ({"category": "theirs"}, ["for"]),
    ],
)
def test_filters_narrow_together(
    school: Tenant, instructor: User, colleague: User, as_user: ClientOf, query: dict[str, str], found: list[str]
) -> None:
    with tenant_context(school):
        category = create_category(name="Loops", by=instructor)
        ask(instructor, "for", tags=["loops"], category=category)
        ask(instructor, "while", difficulty="hard")
        ask(instructor, "old", is_archived=True)
        ask(colleague, "shared", is_shared=True)
    wanted = query | ({"category": str(category.id)} if "category" in query else {})

    assert texts(as_user(instructor).get(QUESTIONS, wanted)) == found


def test_an_unknown_type_or_scope_is_refused(instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)

    assert client.get(QUESTIONS, {"question_type": "riddle"}).status_code == 400
    assert client.get(QUESTIONS, {"scope": "all"}).status_code == 400
    assert client.get(QUESTIONS, {"category": "7"}).status_code == 400


def test_lists_cost_the_same_for_three_and_for_thirty(
    school: Tenant, instructor: User, quiz: Assessment, as_user: ClientOf, count_queries: CountOf
) -> None:
    client = as_user(instructor)
    counts: list[list[int]] = []
    with tenant_context(school):
        version = ask(instructor, "the one")
        question = version.question
    paths = [QUESTIONS, CATEGORIES, f"{QUESTIONS}{question.id}/versions/", f"{QUESTIONS}{question.id}/usage/"]

    for more in (3, 27):
        with tenant_context(school):
            for number in range(more):
                ask(instructor, f"{more} {number}")
                create_category(name=f"{more} {number}", by=instructor)
                QuestionVersion.objects.create(question=question, number=10 * more + number, question_type="x")
                assessment = Assessment.objects.create(course=quiz.course, title="Another")
                add_question(assessment=assessment, question=question, by=None)
        counts.append([count_queries(partial(client.get, path, {"page_size": 50})) for path in paths])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 7


def test_who_changes_a_question(
    school: Tenant, instructor: User, colleague: User, admin: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        shared = ask(instructor, is_shared=True).question
    address = f"{QUESTIONS}{shared.id}/"
    change = {"question_text": "Other words"}

    refused = [as_user(person).patch(address, change).status_code for person in (colleague, learner, stranger)]
    with tenant_context(school):
        untouched = QuestionVersion.objects.get(question=shared).question_text
    allowed = [as_user(person).patch(address, change).status_code for person in (instructor, admin)]

    assert refused == [403, 403, 404]
    assert untouched == "What is a decorator?"
    assert allowed == [200, 200]


def test_a_question_of_another_school_does_not_exist(
    school: Tenant, instructor: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor, is_shared=True).question

    answers = [
        as_user(stranger).get(f"{QUESTIONS}{question.id}/{tail}").status_code for tail in ("", "versions/", "usage/")
    ]

    assert answers == [404, 404, 404]


def test_filing_makes_no_version_and_asking_does_once_it_stands_on_a_paper(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        question = ask(instructor).question
        add_question(assessment=quiz, question=question, by=instructor)
    address = f"{QUESTIONS}{question.id}/"
    in_place = client.patch(address, {"question_text": "Before anybody saw it"}).json()
    with tenant_context(school):
        attempt = start_attempt(assessment=quiz, by=learner).attempt

    filed = client.patch(address, {"tags": ["new"], "is_shared": True, "difficulty": "hard"}).json()
    asked = client.patch(address, {"question_text": "Since then"}).json()
    versions = client.get(f"{address}versions/").json()["results"]

    assert (in_place["version_number"], filed["version_number"], asked["version_number"]) == (1, 1, 2)
    assert (filed["tags"], filed["is_shared"], filed["difficulty"]) == (["new"], True, "hard")
    assert [(row["version_number"], row["question_text"], row["is_used"], row["is_current"]) for row in versions] == [
        (2, "Since then", False, True),
        (1, "Before anybody saw it", True, False),
    ]
    assert attempt.paper[0]["question_text"] == "Before anybody saw it"


def test_new_points_of_a_question_are_counted_where_it_stands(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor).question
        add_question(assessment=quiz, question=question, by=instructor)

    as_user(instructor).patch(f"{QUESTIONS}{question.id}/", {"points": "4.50"})

    assert as_user(instructor).get(f"/api/assessments/{quiz.id}/").json()["max_score"] == "4.50"


def test_nobody_overwrites_what_they_have_not_seen(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    created = client.post(QUESTIONS, NEW)
    address = f"{QUESTIONS}{created.json()['id']}/"

    first = client.patch(address, {"tags": ["a"]}, headers={"If-Match": created.headers["ETag"]})
    second = client.patch(address, {"tags": ["b"]}, headers={"If-Match": created.headers["ETag"]})

    assert (first.status_code, second.status_code) == (200, 412)
    assert client.get(address).json()["tags"] == ["a"]
    assert client.get(address).headers["ETag"] == first.headers["ETag"]


def test_archived_questions_leave_the_bank_and_come_back(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    question = client.post(QUESTIONS, NEW).json()["id"]

    archived = client.patch(f"{QUESTIONS}{question}/", {"is_archived": True})
    refused = client.post(f"/api/assessments/{quiz.id}/items/", {"question": question})
    hidden = client.get(QUESTIONS).json()["count"]
    client.patch(f"{QUESTIONS}{question}/", {"is_archived": False})

    assert archived.json()["is_archived"] is True
    assert (refused.status_code, refused.json()["code"], hidden) == (409, "question_archived", 0)
    assert client.get(QUESTIONS).json()["count"] == 1


def test_the_usage_says_where_and_on_how_many_papers(
    school: Tenant, quiz: Assessment, instructor: User, colleague: User, learner: User, admin: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor, is_shared=True).question
        item = add_question(assessment=quiz, question=question, by=instructor)
        draft = Assessment.objects.create(course=quiz.course, title="Draft", status="draft")
        add_question(assessment=draft, question=question, by=instructor)
        attempt = start_attempt(assessment=quiz, by=learner).attempt
    address = f"{QUESTIONS}{question.id}/usage/"
    before = as_user(instructor).get(address).json()["results"]
    as_user(learner).patch(f"/api/attempts/{attempt.id}/", {"answers": {str(question.id): {"selected_option_id": "a"}}})
    as_user(instructor).delete(f"/api/assessment-items/{item.id}/")
    after = as_user(admin).get(address).json()["results"]

    assert [(row["title"], row["is_on_it"], row["paper_count"]) for row in before] == [
        ("Draft", True, 0),
        (quiz.title, True, 1),
    ]
    assert [(row["title"], row["is_on_it"], row["paper_count"]) for row in after] == [
        ("Draft", True, 0),
        (quiz.title, False, 1),
    ]
    assert as_user(colleague).get(address).status_code == 403
    assert as_user(learner).get(address).status_code == 403


def test_a_category_of_nobody_is_refused(school: Tenant, instructor: User, stranger: User, as_user: ClientOf) -> None:
    theirs = as_user(stranger).post(CATEGORIES, {"name": "Theirs"}).json()["id"]

    refused = as_user(instructor).post(QUESTIONS, {**NEW, "category": theirs})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "category"
    with tenant_context(school):
        assert not Question.objects.exists()


def test_categories_belong_to_who_made_them(
    school: Tenant,
    instructor: User,
    colleague: User,
    admin: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    made = as_user(instructor).post(CATEGORIES, {"name": "Loops"})
    address = f"{CATEGORIES}{made.json()['id']}/"

    seen = [as_user(person).get(address).status_code for person in (colleague, admin, principal, learner, stranger)]
    refused = [as_user(person).patch(address, {"name": "X"}).status_code for person in (colleague, learner, stranger)]
    refused += [as_user(person).delete(address).status_code for person in (colleague, learner, stranger)]
    with tenant_context(school):
        untouched = QuestionCategory.objects.get().name
    renamed = as_user(instructor).patch(address, {"name": "Cycles"}, headers={"If-Match": made.headers["ETag"]})
    late = as_user(admin).patch(address, {"name": "Rings"}, headers={"If-Match": made.headers["ETag"]})

    assert made.status_code == 201
    assert seen == [200, 200, 200, 403, 404]
    assert refused == [403, 403, 404, 403, 403, 404]
    assert untouched == "Loops"
    assert (renamed.json()["name"], late.status_code) == ("Cycles", 412)
    assert as_user(principal).post(CATEGORIES, {"name": "Mine"}).status_code == 403
    assert as_user(admin).delete(address).status_code == 204


def test_names_of_categories_are_taken_once_and_used_ones_stay(
    school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    category = client.post(CATEGORIES, {"name": "Loops"}).json()["id"]
    other = client.post(CATEGORIES, {"name": "Rings"}).json()["id"]
    client.post(QUESTIONS, {**NEW, "category": category})

    twice = client.post(CATEGORIES, {"name": "LOOPS"})
    onto = client.patch(f"{CATEGORIES}{other}/", {"name": "loops"})
    used = client.delete(f"{CATEGORIES}{category}/")

    assert (twice.status_code, twice.json()["code"]) == (409, "category_exists")
    assert (onto.status_code, onto.json()["code"]) == (409, "category_exists")
    assert (used.status_code, used.json()["code"]) == (409, "category_in_use")
    assert client.get(CATEGORIES).json()["count"] == 2
