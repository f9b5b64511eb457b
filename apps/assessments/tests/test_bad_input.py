"""Whatever is sent to a running attempt: a pointed 4xx, and nothing is half-written."""

import json
from typing import Any

import pytest
from django.test import override_settings

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Attempt, AttemptAnswer, JournalEntry
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf

A = {"selected_option_id": "a"}
Q = "QUESTION"  # stands for the id of the paper's first question
UNKNOWN = "01a1fec6-91fa-779b-8889-32027a4d889f"


@pytest.fixture
def attempt(school: Tenant, learner: User, as_user: ClientOf) -> dict[str, Any]:
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        quiz = AssessmentFactory.create(course=course, questions=3)
    started: dict[str, Any] = as_user(learner).post(f"/api/assessments/{quiz.id}/attempts/").json()
    return started


def at(question: str, answer: Any, **more: Any) -> str:
    return json.dumps({"answers": {question: answer}, **more})


TABLE = [
    ("not json", "{", 400, None),
    ("a list", "[]", 400, None),
    ("a text", '"submitted"', 400, None),
    ("null", "null", 400, None),
    ("answers: a list", '{"answers": []}', 400, "answers"),
    ("answers: a number", '{"answers": 5}', 400, "answers"),
    ("answers: null", '{"answers": null}', 400, "answers"),
    ("a question that is not on the paper", at(UNKNOWN, A), 400, f"answers.{UNKNOWN}"),
    ("a question that is no id", at("1", A), 400, "answers.1"),
    ("a question that is empty", at("", A), 400, "answers."),
    ("a very long question", at("x" * 5000, A), 400, f"answers.{'x' * 40}"),
    ("a NUL in the question", at("\x00", A), 400, None),
    ("one good answer and an unknown one", json.dumps({"answers": {Q: A, UNKNOWN: A}}), 400, f"answers.{UNKNOWN}"),
    ("a bad answer, and handing in", at(Q, {"selected_option_id": "zz"}, status="submitted"), 400,
     f"answers.{Q}.selected_option_id"),
    ("an unknown option", at(Q, {"selected_option_id": "zz"}), 400, f"answers.{Q}.selected_option_id"),
    ("an option that is a number", at(Q, {"selected_option_id": 1}), 400, f"answers.{Q}.selected_option_id"),
    ("an option that is a list", at(Q, {"selected_option_id": ["a"]}), 400, f"answers.{Q}.selected_option_id"),
    ("an option with a NUL", at(Q, {"selected_option_id": "a\x00"}), 400, f"answers.{Q}.selected_option_id"),
    ("an unpaired surrogate", '{"answers": {"QUESTION": {"selected_option_id": "\\ud800"}}}', 400, None),
    ("two options where one may be chosen", at(Q, {"selected_option_ids": ["a", "b"]}), 400,
     f"answers.{Q}.selected_option_ids"),
    ("options that are no list", at(Q, {"selected_option_ids": "ab"}), 400, f"answers.{Q}.selected_option_ids"),
    ("an entry that does not exist", at(Q, {"is_correct": True}), 400, f"answers.{Q}.is_correct"),
    ("an answer that is a text", at(Q, "a"), 400, f"answers.{Q}"),
    ("an answer that is a list", at(Q, ["a"]), 400, f"answers.{Q}"),
    ("an answer that is true", at(Q, True), 400, f"answers.{Q}"),
    ("an answer that is 0", at(Q, 0), 400, f"answers.{Q}"),
    ("infinite", '{"answers": {"QUESTION": Infinity}}', 400, None),
    ("deeply nested", '{"answers": {"QUESTION": ' + "[" * 50_000 + "]" * 50_000 + "}}", 400, None),
    ("sequence 0", at(Q, A, sequence=0), 400, "sequence"),
    ("sequence -1", at(Q, A, sequence=-1), 400, "sequence"),
    ("sequence 2**53 + 1", at(Q, A, sequence=2**53 + 1), 400, "sequence"),
    ("sequence 2**63", at(Q, A, sequence=2**63), 400, "sequence"),
    ("sequence 10**400", at(Q, A, sequence=1).replace(": 1}", f": 1{'0' * 400}}}"), 400, None),
    ("sequence 1.5", at(Q, A, sequence=1.5), 400, "sequence"),
    ("sequence as text", at(Q, A, sequence="one"), 400, "sequence"),
    ("sequence null", at(Q, A, sequence=None), 400, "sequence"),
    ("sequence a list", at(Q, A, sequence=[1]), 400, "sequence"),
    ("status graded", at(Q, A, status="graded"), 400, "status"),
    ("status a list", at(Q, A, status=["submitted"]), 400, "status"),
    ("thousands of answers", json.dumps({"answers": {f"{number:032x}": A for number in range(20_000)}}), 400, None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "field"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_cannot_be_saved_is_refused_with_a_reason_and_nothing_is_written(
    school: Tenant, learner: User, as_user: ClientOf, attempt: dict[str, Any], body: str, status: int, field: str | None
) -> None:
    question = attempt["questions"][0]["question"]

    response = as_user(learner).generic(
        "PATCH", f"/api/attempts/{attempt['id']}/", body.replace(Q, question), content_type="application/json"
    )

    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert problem["detail"]
    assert len(response.content) < 5_000
    if field is not None:
        assert field.replace(Q, question) in {error["field"] for error in problem["errors"]}
    with tenant_context(school):
        stored = Attempt.objects.get()
        assert (stored.status, stored.sequence, stored.journal_length) == ("in_progress", 0, 1)
        assert not AttemptAnswer.objects.exists()
        assert JournalEntry.objects.count() == 1


def test_a_body_beyond_all_bounds_is_refused_before_it_is_read(
    learner: User, as_user: ClientOf, attempt: dict[str, Any], school: Tenant
) -> None:
    body = json.dumps({"answers": {attempt["questions"][0]["question"]: {"selected_option_id": "a" * 3_000_000}}})

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=2_621_440):
        response = as_user(learner).generic(
            "PATCH", f"/api/attempts/{attempt['id']}/", body, content_type="application/json"
        )

    assert response.status_code in {400, 413}
    with tenant_context(school):
        assert not AttemptAnswer.objects.exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_other_media_types_are_refused(learner: User, as_user: ClientOf, attempt: dict[str, Any], kind: str) -> None:
    response = as_user(learner).generic("PATCH", f"/api/attempts/{attempt['id']}/", "answers=1", content_type=kind)

    assert response.status_code in {400, 415}


@pytest.mark.parametrize("attempt_id", ["1", "x" * 300, "%00", "00000000-0000-0000-0000-000000000000", "..%2f"])
def test_an_attempt_that_does_not_exist(learner: User, as_user: ClientOf, attempt_id: str) -> None:
    responses = [
        as_user(learner).generic(method, f"/api/attempts/{attempt_id}/", "{}", content_type="application/json")
        for method in ("GET", "PATCH")
    ]

    assert {response.status_code for response in responses} == {404}


def test_people_who_may_see_an_attempt_may_not_write_on_it(
    school: Tenant, admin: User, principal: User, stranger: User, as_user: ClientOf, attempt: dict[str, Any]
) -> None:
    body = {"answers": {attempt["questions"][0]["question"]: A}, "status": "submitted"}

    codes = [
        as_user(person).patch(f"/api/attempts/{attempt['id']}/", body).status_code
        for person in (admin, principal, stranger, None)
    ]

    assert codes == [403, 403, 404, 401]
    with tenant_context(school):
        assert Attempt.objects.get().journal_length == 1


def test_an_empty_answer_takes_one_back_and_the_largest_sequence_is_taken(
    learner: User, as_user: ClientOf, attempt: dict[str, Any]
) -> None:
    url, question = f"/api/attempts/{attempt['id']}/", attempt["questions"][0]["question"]
    client = as_user(learner)
    client.patch(url, {"answers": {question: A}})

    taken_back = client.patch(url, {"answers": {question: None}, "sequence": 2**53})
    kept = client.get(url).json()["answers"]
    unnumbered = client.patch(url, {"answers": {question: A}})

    assert taken_back.json()["receipt"]["saved"] == [question]
    assert kept == {question: None}
    assert unnumbered.json()["receipt"]["sequence"] == 2**53 + 1
