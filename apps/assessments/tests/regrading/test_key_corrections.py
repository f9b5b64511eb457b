"""Corrected keys: what may change of a question that has been asked, and who may change it."""

from typing import Any

import pytest

from apps.assessments.models import AttemptAnswer, KeyCorrection, QuestionVersion
from apps.assessments.tests.grading import Desk
from apps.assessments.tests.regrading.conftest import CORRECTED, RIGHT, WHY, correct, regrade
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_correction_keeps_what_learners_see_and_its_history(
    school: Tenant, desk: Desk, instructor: User, principal: User, as_user: ClientOf
) -> None:
    corrected = correct(as_user(instructor), desk)
    again = correct(as_user(instructor), desk)

    assert corrected.status_code == 201, corrected.json()
    assert corrected.json()["version_number"] == again.json()["version_number"] == 1
    listed = as_user(principal).get(f"/api/questions/{desk.choice}/key-corrections/").json()["results"]
    assert [(row["version_number"], row["actor"], row["reason"]) for row in listed] == [
        (1, str(instructor.id), WHY["reason"])
    ]
    assert listed[0]["from_data"] != listed[0]["to_data"] == corrected.json()["type_specific_data"]
    with tenant_context(school):
        assert QuestionVersion.objects.count() == 1
        assert AttemptAnswer.objects.filter(points=0).count() == 3, "points wait for the regrade"


OTHER_TEXT = {"options": [{**RIGHT[0], "text": "Other"}, *RIGHT[1:]], "multiple": False}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (OTHER_TEXT, "learner_view_changed"),
        (CORRECTED | {"multiple": True}, "learner_view_changed"),
        ({"options": RIGHT[::-1]}, "learner_view_changed"),
        ({"options": RIGHT[:1]}, "invalid_question"),
    ],
)
def test_a_correction_never_changes_what_was_asked(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, data: Any, code: str
) -> None:
    refused = correct(as_user(instructor), desk, data)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    with tenant_context(school):
        assert not KeyCorrection.objects.exists()
        assert QuestionVersion.objects.get().type_specific_data["options"][0]["is_correct"] is True


def test_an_older_version_is_corrected_by_its_number(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    client.patch(f"/api/questions/{desk.choice}/", {"question_text": "Anew?"})

    older = correct(client, desk, version_number=1)
    unknown = correct(client, desk, version_number=3)
    stale = client.post(
        f"/api/questions/{desk.choice}/key-corrections/",
        {"type_specific_data": CORRECTED, **WHY},
        headers={"If-Match": '"1"'},
    )

    assert (older.status_code, older.json()["version_number"]) == (201, 1)
    assert (unknown.status_code, stale.status_code) == (404, 412)
    assert regrade(client, desk, dry_run=True).json()["changed"] == 3


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("principal", 403), ("stranger", 404)])
def test_who_may_not_correct_a_key(
    school: Tenant, desk: Desk, request: pytest.FixtureRequest, as_user: ClientOf, who: str, status: int
) -> None:
    client = as_user(request.getfixturevalue(who))

    assert correct(client, desk).status_code == status
    if who != "principal":
        assert client.get(f"/api/questions/{desk.choice}/key-corrections/").status_code == status
    with tenant_context(school):
        assert not KeyCorrection.objects.exists()
