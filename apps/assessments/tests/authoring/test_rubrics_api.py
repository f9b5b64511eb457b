"""Rubrics through the API: who finds which, what a change makes of them, and what is none."""

from functools import partial
from typing import Any

import pytest

from apps.assessments.models import Rubric, RubricVersion
from apps.assessments.services import create_question
from apps.assessments.tests.authoring.conftest import ESSAY, RUBRICS, CountOf, refusal
from apps.assessments.tests.rubrics import CRITERIA, put_rubric
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

NEW = {"title": "Essays", "criteria": CRITERIA}


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return sorted(row["title"] for row in answer.json()["results"])


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
