"""Rubrics through the API: who finds which, what a change makes of them, and which questions may name them."""

from functools import partial
from typing import Any

import pytest

from apps.assessments.models import Assessment, QuestionVersion, Rubric, RubricVersion
from apps.assessments.services import change_question, create_question, put_new_question, start_attempt
from apps.assessments.services.copying import copy_assessment
from apps.assessments.services.rubrics import change_rubric
from apps.assessments.tests.authoring.conftest import CountOf
from apps.assessments.tests.rubrics import CRITERIA, put_rubric
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.users.models import User
from tests.fixtures import ClientOf

RUBRICS = "/api/rubrics/"
QUESTIONS = "/api/questions/"
NEW = {"title": "Essays", "criteria": CRITERIA}
ESSAY = {"question_type": "essay", "question_text": "Why?", "points": 10, "type_specific_data": {}}


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return sorted(row["title"] for row in answer.json()["results"])


def refusal(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    error = body["errors"][0] if body["errors"] else {"code": body["code"], "field": ""}
    return answer.status_code, error["code"], error["field"]


def test_an_author_makes_a_rubric_and_reads_it_back(instructor: User, as_user: ClientOf) -> None:
    made = as_user(instructor).post(RUBRICS, NEW)

    body = made.json()
    assert made.status_code == 201
    assert made["ETag"] == '"1"'
    assert (body["max_points"], body["version_number"], body["is_shared"], body["is_archived"]) == (
        "6.00", 1, False, False,
    )  # fmt: skip
    assert body["created_by_id"] == str(instructor.id)
    assert body["criteria"][0]["levels"][1] == {"id": "some", "title": "Some", "description": "", "points": "1.50"}
    assert body["criteria"][1] == {
        "id": "style", "title": "Style", "description": "", "note": "", "max_points": "2.00",
    }  # fmt: skip
    assert as_user(instructor).get(f"{RUBRICS}{body['id']}/").json() == body


def test_authors_find_their_own_rubrics_and_the_shared_ones(
    school: Tenant,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        mine = put_rubric(instructor, title="mine")
        hers = put_rubric(colleague, title="hers")
        put_rubric(colleague, title="hers, shared", is_shared=True)
        put_rubric(instructor, title="old", is_archived=True)

    assert titles(as_user(instructor).get(RUBRICS)) == ["hers, shared", "mine"]
    assert titles(as_user(instructor).get(RUBRICS, {"scope": "mine"})) == ["mine"]
    assert titles(as_user(instructor).get(RUBRICS, {"scope": "shared"})) == ["hers, shared"]
    assert titles(as_user(instructor).get(RUBRICS, {"q": "MIN"})) == ["mine"]
    assert titles(as_user(instructor).get(RUBRICS, {"is_archived": "true"})) == ["old"]
    assert titles(as_user(principal).get(RUBRICS)) == ["hers", "hers, shared", "mine"]
    assert titles(as_user(stranger).get(RUBRICS)) == []
    assert as_user(instructor).get(f"{RUBRICS}{hers.id}/").status_code == 404
    assert as_user(stranger).get(f"{RUBRICS}{mine.id}/").status_code == 404
    assert [as_user(learner).get(path).status_code for path in (RUBRICS, f"{RUBRICS}{mine.id}/versions/")] == [403, 403]
    assert as_user(learner).post(RUBRICS, NEW).status_code == 403


def test_who_changes_and_deletes_a_shared_rubric(
    school: Tenant, instructor: User, colleague: User, admin: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor, is_shared=True)
    address = f"{RUBRICS}{rubric.id}/"
    others = (colleague, learner, stranger)

    refused = [as_user(person).patch(address, {"title": "Other"}).status_code for person in others]
    refused += [as_user(person).delete(address).status_code for person in others]
    with tenant_context(school):
        assert Rubric.objects.get().title == "Essays"
    allowed = [as_user(person).patch(address, {"title": "Other"}).status_code for person in (instructor, admin)]

    assert refused == [403, 403, 404] * 2
    assert allowed == [200, 200]
    assert as_user(instructor).delete(address).status_code == 204
    with tenant_context(school):
        assert not RubricVersion.objects.exists()


def test_other_criteria_make_a_version_and_the_rest_does_not(
    school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        address = f"{RUBRICS}{put_rubric(instructor).id}/"

    same = client.patch(address, {"description": "Short ones", "criteria": CRITERIA}).json()
    other = client.patch(address, {"criteria": CRITERIA[:1]}, headers={"If-Match": '"2"'}).json()
    late = client.patch(address, {"criteria": CRITERIA}, headers={"If-Match": '"2"'})
    versions = client.get(f"{address}versions/").json()["results"]

    assert (same["version_number"], same["description"]) == (1, "Short ones")
    assert (other["version_number"], other["max_points"], other["version"]) == (2, "4.00", 3)
    assert late.status_code == 412
    assert [(row["version_number"], row["is_current"], row["max_points"]) for row in versions] == [
        (2, True, "4.00"), (1, False, "6.00"),
    ]  # fmt: skip


def level(**fields: Any) -> dict[str, Any]:
    return {"id": "a", "title": "A", "points": 1, **fields}


def criterion(**fields: Any) -> dict[str, Any]:
    return {"id": "x", "title": "X", "levels": [level(), level(id="b")], **fields}


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ("x", "criteria"),
        ([], "criteria"),
        ([criterion(id=f"c{number}") for number in range(51)], "criteria"),
        ([5], "criteria.0"),
        ([criterion(colour="red")], "criteria.0.colour"),
        ([criterion(id=None)], "criteria.0.id"),
        ([criterion(id="Ä B")], "criteria.0.id"),
        ([criterion(), criterion()], "criteria.1.id"),
        ([criterion(title=" ")], "criteria.0.title"),
        ([criterion(note="x" * 2001)], "criteria.0.note"),
        ([criterion(description="\x00")], "criteria.0.description"),
        ([criterion(levels=[level()])], "criteria.0.levels"),
        ([criterion(levels=None)], "criteria.0.levels"),
        ([criterion(max_points=1)], "criteria.0.max_points"),
        ([criterion(), criterion(id="y", levels=[level(points=-1), level(id="b")])], "criteria.1.levels.0.points"),
        ([criterion(levels=[level(points="0.001"), level(id="b")])], "criteria.0.levels.0.points"),
        ([criterion(levels=[level(points="1e300"), level(id="b")])], "criteria.0.levels.0.points"),
        ([criterion(levels=[level(points="NaN"), level(id="b")])], "criteria.0.levels.0.points"),
        ([criterion(levels=[level(), level()])], "criteria.0.levels.1.id"),
        ([criterion(levels=[level(points=0), level(id="b", points=0)])], "criteria"),
        ([{"id": "x", "title": "X", "max_points": "many"}], "criteria.0.max_points"),
        ([{"id": "x", "title": "X", "max_points": 0}], "criteria"),
    ],
)
def test_what_is_no_rubric_is_refused_where_it_is_none(
    school: Tenant, instructor: User, as_user: ClientOf, criteria: Any, field: str
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor)

    made = as_user(instructor).post(RUBRICS, {"title": "Odd", "criteria": criteria})
    changed = as_user(instructor).patch(f"{RUBRICS}{rubric.id}/", {"criteria": criteria})

    assert refusal(made) == refusal(changed) == (400, "invalid_rubric", field)
    with tenant_context(school):
        assert (Rubric.objects.count(), RubricVersion.objects.count()) == (1, 1)


def test_a_question_names_a_rubric_that_its_author_may_use(
    school: Tenant, instructor: User, colleague: User, other_school: Tenant, quiz: Assessment, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        own, hers = put_rubric(instructor), put_rubric(colleague)
        old = put_rubric(instructor, is_archived=True)
    with tenant_context(other_school):
        foreign = put_rubric(None, is_shared=True)

    made = client.post(f"/api/assessments/{quiz.id}/questions/", {**ESSAY, "rubric": str(own.id), "shows_rubric": True})
    unknown = [client.post(QUESTIONS, {**ESSAY, "rubric": str(each.id)}) for each in (hers, foreign)]
    archived = client.post(QUESTIONS, {**ESSAY, "rubric": str(old.id)})
    choice = {"question_type": "true_false", "question_text": "?", "type_specific_data": {"correct": True}}
    by_key = client.post(QUESTIONS, {**choice, "rubric": str(own.id)})

    assert (made.json()["rubric"], made.json()["shows_rubric"]) == (str(own.id), True)
    assert [refusal(each) for each in unknown] == [(400, "does_not_exist", "rubric")] * 2
    assert refusal(archived) == (409, "rubric_archived", "rubric")
    assert refusal(by_key) == (400, "rubric_not_for_type", "rubric")
    with tenant_context(school):
        assert QuestionVersion.objects.count() == 1


def test_a_rubric_in_use_is_archived_and_not_deleted(
    school: Tenant, instructor: User, learner: User, quiz: Assessment, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        rubric = put_rubric(instructor)
        essay = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
    address = f"{RUBRICS}{rubric.id}/"

    used = client.delete(address)
    archived = client.patch(address, {"is_archived": True})
    kept = client.patch(f"{QUESTIONS}{essay.question_id}/", {"question_text": "Why not?"}).json()
    freed = client.patch(f"{QUESTIONS}{essay.question_id}/", {"rubric": None}).json()

    assert refusal(used) == (409, "rubric_used", "")
    assert archived.status_code == 200
    assert (kept["rubric"], freed["rubric"]) == (str(rubric.id), None)
    assert client.delete(address).status_code == 204


def test_a_rubric_on_a_paper_stays_although_the_question_has_another_one(
    school: Tenant, instructor: User, learner: User, quiz: Assessment, as_user: ClientOf
) -> None:
    with tenant_context(school):
        rubric, other = put_rubric(instructor), put_rubric(instructor)
        essay = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        attempt = start_attempt(assessment=quiz, by=learner).attempt
        changed = change_question(question=essay.question, by=instructor, rubric=other)
        version = RubricVersion.objects.get(rubric=rubric)

    assert changed.number == 2
    assert attempt.paper[0]["rubric"] == str(version.id)
    assert attempt.paper[0]["shows_rubric"] is False
    assert refusal(as_user(instructor).delete(f"{RUBRICS}{rubric.id}/")) == (409, "rubric_used", "")


def test_a_paper_names_the_version_of_its_start(
    school: Tenant, instructor: User, learner: User, quiz: Assessment
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor)
        put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        put_new_question(assessment=quiz, by=instructor, **ESSAY)
        attempt = start_attempt(assessment=quiz, by=learner).attempt
        change_rubric(rubric=rubric, by=instructor, criteria=CRITERIA[:1])
        attempt.refresh_from_db()

        assert attempt.paper[0]["rubric"] == str(RubricVersion.objects.get(number=1).id)
        assert "rubric" not in attempt.paper[1]


def test_where_a_rubric_is_used(
    school: Tenant,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    quiz: Assessment,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor, is_shared=True)
        own = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        start_attempt(assessment=quiz, by=learner)
        change_question(question=own.question, by=instructor, rubric=None)
        hers = create_question(by=colleague, rubric=rubric, **ESSAY)
    address = f"{RUBRICS}{rubric.id}/usage/"

    rows = as_user(instructor).get(address).json()["results"]

    assert rows == [
        {
            "question": str(hers.question_id), "question_type": "essay", "question_text": "", "is_current": True,
            "assessment_count": 0,
        },
        {
            "question": str(own.question_id), "question_type": "essay", "question_text": "Why?", "is_current": False,
            "assessment_count": 1,
        },
    ]  # fmt: skip
    assert as_user(principal).get(address).json()["results"][0]["question_text"] == "Why?"
    assert as_user(colleague).get(address).status_code == 403


def test_a_copy_takes_the_rubric_along(school: Tenant, instructor: User, colleague: User, quiz: Assessment) -> None:
    with tenant_context(school):
        private, shared = put_rubric(instructor, title="private"), put_rubric(instructor, title="s", is_shared=True)
        for rubric in (private, private, shared):
            put_new_question(assessment=quiz, by=instructor, rubric=rubric, shows_rubric=True, **ESSAY)
        change_rubric(rubric=private, by=instructor, criteria=CRITERIA[:1])

        copy_assessment(assessment=quiz, by=instructor)
        assert Rubric.objects.count() == 2
        copy_assessment(assessment=quiz, by=colleague, course=CourseFactory.create(instructors=[colleague]))

        made = Rubric.objects.exclude(id__in=[private.id, shared.id]).get()
        assert (made.title, made.created_by_id, made.version_number) == ("private", colleague.id, 1)
        assert RubricVersion.objects.get(rubric=made).max_points == 4
        copied = QuestionVersion.objects.filter(question__created_by_id=colleague.id).order_by("id")
        assert [version.rubric_id for version in copied] == [made.id, made.id, shared.id]
        assert all(version.shows_rubric for version in copied)


def test_lists_cost_the_same_for_three_and_for_thirty(
    school: Tenant, instructor: User, as_user: ClientOf, count_queries: CountOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        rubric = put_rubric(instructor)
    paths = [RUBRICS, f"{RUBRICS}{rubric.id}/versions/", f"{RUBRICS}{rubric.id}/usage/"]
    counts: list[list[int]] = []

    for more in (3, 27):
        with tenant_context(school):
            for number in range(more):
                put_rubric(instructor, title=f"{more} {number}")
                RubricVersion.objects.create(rubric=rubric, number=10 * more + number, criteria=CRITERIA, max_points=6)
                create_question(by=instructor, rubric=rubric, **ESSAY)
        counts.append([count_queries(partial(client.get, path, {"page_size": 50})) for path in paths])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 7
