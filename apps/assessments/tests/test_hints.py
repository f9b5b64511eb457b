"""Hints: in practice only, one after the other, while the attempt runs, and noted in the journal."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.choices import AssessmentType, AttemptStatus
from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment, Attempt, JournalEntry
from apps.assessments.services import check_journal, start_attempt, take_attempt
from apps.assessments.services.hints import QuestionHints, reveal_hint
from apps.assessments.tests.test_races import together
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf

HINTS = ["It wraps.", "It takes a function."]


@pytest.fixture
def course(school: Tenant, instructor: User, learner: User) -> Course:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
    return course


@pytest.fixture
def attempt(school: Tenant, course: Course, learner: User) -> Attempt:
    """Return a running attempt at a practice of one question with two hints, and one with none."""
    with tenant_context(school):
        practice = AssessmentFactory.create(course=course, assessment_type=AssessmentType.PRACTICE)
        add_choice(practice, hints=HINTS)
        add_choice(practice, text="Without hints")
        practice.refresh_from_db()
        return start_attempt(assessment=practice, by=learner).attempt


def url_of(attempt: Attempt) -> str:
    return f"/api/attempts/{attempt.id}/hints/"


def asked(attempt: Attempt, number: int = 0) -> dict[str, Any]:
    return {"question": attempt.paper[number]["question"]}


def test_a_learner_asks_for_one_hint_after_the_other(
    school: Tenant,
    attempt: Attempt,
    learner: User,
    instructor: User,
    principal: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    client, url, first = as_user(learner), url_of(attempt), asked(attempt)

    nothing = client.get(url).json()
    refused = [as_user(person).post(url, first).status_code for person in (instructor, principal, stranger)]
    answers = [client.post(url, first) for _ in range(3)]
    none = client.post(url, asked(attempt, 1))
    shown = [as_user(person).get(url) for person in (learner, instructor, principal)]

    assert nothing == {
        "attempt": str(attempt.id),
        "questions": [
            {**first, "hints": [], "left": 2},
            {**asked(attempt, 1), "hints": [], "left": 0},
        ],
    }
    assert refused == [403, 403, 404]
    assert [answer.json() for answer in answers] == [
        {**first, "hints": HINTS[:1], "left": 1},
        {**first, "hints": HINTS, "left": 0},
        {**first, "hints": HINTS, "left": 0},
    ]
    assert none.json() == {**asked(attempt, 1), "hints": [], "left": 0}
    assert [answer.json()["questions"][0]["hints"] for answer in shown] == [HINTS] * 3
    assert as_user(stranger).get(url).status_code == 404
    entries = client.get(f"/api/attempts/{attempt.id}/journal/").json()["results"]
    assert [(entry["kind"], entry["content"]) for entry in entries[1:]] == [
        ("hint", f'{{"hint":{number},"question":"{first["question"]}"}}') for number in (1, 2)
    ]
    assert client.get(f"/api/attempts/{attempt.id}/verify/").json()["is_intact"] is True
    assert client.patch(f"/api/attempts/{attempt.id}/", {"answers": {}}).json()["receipt"]["entry_index"] == 3


def test_a_repeated_request_shows_no_further_hint(attempt: Attempt, learner: User, as_user: ClientOf) -> None:
    headers = {"Idempotency-Key": "one"}

    answers = [as_user(learner).post(url_of(attempt), asked(attempt), headers=headers) for _ in range(2)]

    assert [answer.json()["hints"] for answer in answers] == [HINTS[:1]] * 2


@pytest.mark.parametrize("kind", [kind for kind in AssessmentType if kind != AssessmentType.PRACTICE])
def test_elsewhere_there_are_none(
    school: Tenant, attempt: Attempt, learner: User, instructor: User, as_user: ClientOf, kind: str
) -> None:
    with tenant_context(school):
        Assessment.objects.update(assessment_type=kind)

    answers = [as_user(learner).post(url_of(attempt), asked(attempt))]
    answers += [as_user(person).get(url_of(attempt)) for person in (learner, instructor)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "hints_closed")}
    assert not any("left" in answer.json() or HINTS[0] in answer.content.decode() for answer in answers)
    with tenant_context(school):
        assert JournalEntry.objects.count() == 1


def test_after_the_hand_in_they_stay_as_they_were(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    client.post(url_of(attempt), asked(attempt))
    client.patch(f"/api/attempts/{attempt.id}/", {"status": "submitted"})

    late = client.post(url_of(attempt), asked(attempt))

    assert (late.status_code, late.json()["code"]) == (409, "hints_closed")
    assert client.get(url_of(attempt)).json()["questions"][0]["hints"] == HINTS[:1]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_a_question_after_the_deadline_hands_in(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf, headers: dict[str, str]
) -> None:
    over = timezone.now() - timedelta(seconds=6)
    with tenant_context(school):
        Attempt.objects.update(deadline_at=over)

    late = as_user(learner).post(url_of(attempt), asked(attempt), headers=headers)

    assert (late.status_code, late.json()["code"]) == (409, "hints_closed")
    with tenant_context(school):
        stored = Attempt.objects.get()
        assert (stored.status, stored.submitted_at) == (AttemptStatus.GRADED, over)
        assert check_journal(stored) is None
        assert not JournalEntry.objects.filter(kind="hint").exists()


@pytest.mark.parametrize("body", [{}, {"question": "x"}, {"question": None}, [], {"question": str(new_id())}])
def test_a_question_that_is_not_on_the_paper_is_refused(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf, body: Any
) -> None:
    refused = as_user(learner).post(url_of(attempt), body)

    assert refused.status_code == 400
    if isinstance(body, dict):
        assert refused.json()["errors"][0]["field"] == "question"
    with tenant_context(school):
        assert JournalEntry.objects.count() == 1


def test_an_attempt_that_is_not_there_has_none(attempt: Attempt, learner: User, as_user: ClientOf) -> None:
    for identifier in (new_id(), "x", "%00"):
        url = f"/api/attempts/{identifier}/hints/"
        assert {as_user(learner).get(url).status_code, as_user(learner).post(url, {}).status_code} == {404}


def test_they_cost_the_same_for_three_questions_and_for_thirty(
    school: Tenant, course: Course, learner: User, as_user: ClientOf
) -> None:
    counts = []
    for questions in (3, 30):
        with tenant_context(school):
            practice = AssessmentFactory.create(course=course, assessment_type=AssessmentType.PRACTICE)
            for number in range(questions):
                add_choice(practice, text=f"Question {number}", hints=HINTS)
            attempt = start_attempt(assessment=practice, by=learner).attempt
            for slot in attempt.paper[1:]:
                reveal_hint(attempt_id=attempt.id, question_id=slot["question"])
        for call in (as_user(learner).get, partial(as_user(learner).post, data=asked(attempt))):
            with CaptureQueriesContext(connection) as queries:
                assert call(url_of(attempt)).status_code == 200
            counts.append(len(queries))

    assert counts[:2] == counts[2:]
    assert counts[0] <= 4
    assert counts[1] <= 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_two_questions_at_once_show_two_hints(school: Tenant, attempt: Attempt) -> None:
    ask = partial(reveal_hint, attempt_id=attempt.id, question_id=attempt.paper[0]["question"])
    save = partial(take_attempt, attempt_id=attempt.id, answers={}, sequence=1)

    results = together(school, [ask, ask, save, ask])

    shown = sorted(len(result.hints) for result in results if isinstance(result, QuestionHints))
    assert shown == [1, 2, 2]
    with tenant_context(school):
        stored = Attempt.objects.get()
        assert check_journal(stored) is None
        numbers = [
            json.loads(entry.content)["hint"] for entry in JournalEntry.objects.filter(kind="hint").order_by("index")
        ]
        assert (numbers, stored.journal_length) == ([1, 2], 4)
