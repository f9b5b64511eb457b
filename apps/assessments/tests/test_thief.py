"""No key, accepted answer, pair, feedback or solution reaches a learner before the policy allows: on no route."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from apps.assessments.choices import AssessmentType, ShownWhen
from apps.assessments.models import Assessment, Attempt, JournalEntry
from apps.assessments.services import start_attempt, take_attempt
from apps.assessments.tests.thieves import (
    MARK,
    NAMES_IN_KEYS,
    NUMBER,
    PERCENTAGE,
    SCORE,
    Exam,
    done,
    halfway,
    in_the_middle,
    make_exam,
    outsider,
)
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import client_of
from apps.users.models import User
from tests.isolation.operations import PARAMETER, Operation, operations

pytestmark = pytest.mark.timeout(300)

WRONG_ANSWERS: tuple[Any, ...] = (
    {"selected_option_id": "zz"}, {"selected_option_ids": ["a", "a"]}, {"value": "maybe"}, {"text": 5},
    {"text": "x" * 200_000}, {"gaps": {"x": 1, "y": "zz"}}, {"gaps": {"zz": "a"}}, {"pairs": {"l": "zz"}},
    {"pairs": {"zz": "l"}}, {"order": ["zz"]}, {"value": "NaN", "unit": "zz"}, {"outputs": {"zz": "1"}}, {"code": []},
    [], 7, "a", {"zz": 1}, {"selected_option_id": {"$ne": 1}},
)  # fmt: skip
ORACLES = (
    "ordering=score", "ordering=-score", "ordering=-percentage", "ordering=answers__points", "score=13.37",
    "score__gte=1", "percentage=11.82", "is_passed=true", "is_passed=false", "raw_score__gt=1", f"search={MARK}",
    "answers__points=6.01", f"feedback__contains={MARK}", f"type_specific_data__contains={MARK}",
    "fields=paper,seed,raw_score", "expand=assessment", "include=solution", "shown=answers", "solution=1",
    "user=01a1fec6-91fa-779b-8889-32027a4d889f",
)  # fmt: skip


@pytest.fixture
def exam(school: Tenant, instructor: User) -> Exam:
    return make_exam(school, instructor)


THIEVES = pytest.mark.parametrize("thief", [outsider, halfway, done])


def aims(operation: Operation, exam: Exam) -> Iterator[str]:
    """Yield the path with every id that fits the collection; with one of each kind where none does."""
    candidates = []
    for name in PARAMETER.findall(operation.path):
        before = operation.path.split(f"{{{name}}}")[0].rstrip("/").rsplit("/", 1)[-1]
        candidates.append([(name, each) for each in exam.known.get(before) or exam.one_of_each])
    for chosen in product(*candidates):
        path = operation.path
        for name, each in chosen:
            path = path.replace(f"{{{name}}}", each, 1)
        yield path


def loot(response: Any) -> list[str]:
    """Return what an answer tells that it must not."""
    streamed = getattr(response, "streaming", False)
    body = b"".join(response.streaming_content) if streamed else response.content
    text = body.decode(errors="replace") + str(dict(response.headers))
    return [secret for secret in (MARK, NUMBER, SCORE, PERCENTAGE, *NAMES_IN_KEYS) if secret in text]


def requests_of(operation: Operation, url: str, exam: Exam) -> Iterator[tuple[str, str, Any]]:
    if not operation.is_write:
        yield from (("GET", url, None), ("HEAD", url, None), ("OPTIONS", url, None))
        yield from (("GET", f"{url}?format={kind}", None) for kind in ("json", "api", "csv"))
        return
    bodies: list[Any] = [{}, [], "x", {"id": None, "answers": 5}]
    yield from ((operation.method, url, body) for body in bodies)
    if isinstance(operation.body, dict):
        yield operation.method, url, operation.body
        yield operation.method, url, dict.fromkeys(operation.body, exam.one_of_each[-1])
        yield operation.method, url, {name: {"a": [None]} for name in operation.body}


def send(client: APIClient, method: str, url: str, body: Any) -> Any:
    """Send one request, and take back what it changed."""
    with transaction.atomic():
        data = "" if body is None else json.dumps(body)
        response = client.generic(method, url, data, content_type="application/json")
        response.render() if hasattr(response, "render") else None
        transaction.set_rollback(True)
    return response


@THIEVES
def test_no_route_of_the_schema_tells_a_solution(exam: Exam, thief: Any) -> None:
    client = client_of(thief(exam))
    found: list[str] = []
    failed: list[str] = []
    statuses: set[int] = set()

    for operation in operations():
        for url in aims(operation, exam):
            for method, path, body in requests_of(operation, url, exam):
                response = send(client, method, path, body)
                statuses.add(response.status_code)
                found += [f"{method} {path} {body}: {secret}" for secret in loot(response)]
                failed += [f"{method} {path} {body}"] * (response.status_code >= 500)
        cache.clear()  # throttles

    assert found == []
    assert failed == []
    assert {200, 403, 404} <= statuses
    assert 429 not in statuses


@THIEVES
def test_wrong_answers_are_refused_without_a_word_of_the_right_ones(exam: Exam, thief: Any) -> None:
    client = client_of(thief(exam))
    with tenant_context(exam.school):
        attempt = Attempt.objects.get()
    found: list[str] = []

    for slot, answer, status in product(attempt.paper, WRONG_ANSWERS, ("in_progress", "submitted")):
        body = {"answers": {slot["question"]: answer}, "status": status}
        response = send(client, "PATCH", f"/api/attempts/{attempt.id}/", body)
        found += [f"{body}: {secret}" for secret in loot(response)]
        assert response.status_code in {200, 400, 404, 409}

    assert found == []


@THIEVES
def test_no_filter_or_order_is_an_oracle(exam: Exam, thief: Any) -> None:
    client = client_of(thief(exam))
    exam_urls = [
        url
        for operation in operations()
        if not operation.is_write and any(word in operation.path for word in ("assess", "attempt", "question", "grade"))
        for url in aims(operation, exam)
    ]
    found: list[str] = []

    for url in exam_urls:
        plain = send(client, "GET", url, None)
        if plain.status_code != 200:
            continue
        for query in ORACLES:
            response = send(client, "GET", f"{url}?{query}", None)
            found += [f"{url}?{query}: {secret}" for secret in loot(response)]
            if response.status_code == 200 and "user=" not in query:
                assert without_clock(response.json()) == without_clock(plain.json()), query

    assert found == []


@THIEVES
@pytest.mark.parametrize("kind", [kind for kind in AssessmentType if kind != AssessmentType.PRACTICE])
def test_hints_are_for_practice_alone(exam: Exam, thief: Any, kind: str) -> None:
    client = client_of(thief(exam))
    with tenant_context(exam.school):
        Assessment.objects.filter(id=exam.assessment.id).update(assessment_type=kind)
        attempt = Attempt.objects.get()
    url = f"/api/attempts/{attempt.id}/hints/"

    answers = [send(client, "POST", url, {"question": slot["question"]}) for slot in attempt.paper]
    answers += [send(client, method, url, None) for method in ("GET", "HEAD", "OPTIONS")]

    assert [secret for answer in answers for secret in loot(answer)] == []
    assert {answer.status_code for answer in answers[:-1]} <= {404, 409}
    with tenant_context(exam.school):
        assert not JournalEntry.objects.filter(kind="hint").exists()


def without_clock(body: Any) -> Any:
    return {key: value for key, value in body.items() if key not in {"seconds_left", "next", "previous"}}


def test_the_journal_keeps_a_hidden_score_and_its_hash_tells_none(exam: Exam) -> None:
    client = client_of(done(exam))
    with tenant_context(exam.school):
        attempt = Attempt.objects.get()
        Assessment.objects.filter(id=exam.assessment.id).update(grading_mode="automatic")
        second = start_attempt(assessment=Assessment.objects.get(), by=attempt.user).attempt
        take_attempt(attempt_id=second.id, submit=True)

    rows = client.get(f"/api/attempts/{second.id}/journal/").json()["results"]

    assert [(row["kind"], row["content"] == "") for row in rows] == [
        ("started", False), ("submitted", False), ("graded", True),
    ]  # fmt: skip
    with tenant_context(exam.school):
        graded = JournalEntry.objects.get(attempt_id=second.id, kind="graded")
        assert len(json.loads(graded.content)["salt"]) == 32


def test_what_is_shown_is_shown_and_not_more(exam: Exam) -> None:
    person, attempt = in_the_middle(exam)
    client = client_of(person)
    with tenant_context(exam.school):
        Assessment.objects.filter(id=exam.assessment.id).update(
            grading_mode="automatic", show_score=ShownWhen.SUBMITTED, show_feedback=ShownWhen.SUBMITTED
        )
        take_attempt(attempt_id=attempt.id, submit=True)

    text = client.get(f"/api/attempts/{attempt.id}/").content.decode()

    assert SCORE in text
    assert f"{MARK} feedback" in text
    assert f"{MARK} right" in text
    hidden = (f"{MARK} wrong", f"{MARK} worked", f"{MARK} Paris", f"{MARK} gap", f"{MARK} yes", NUMBER, "is_correct")
    assert [secret for secret in hidden if secret in text] == []


def test_events_carry_no_answers(exam: Exam) -> None:
    _, attempt = in_the_middle(exam)
    with tenant_context(exam.school):
        Assessment.objects.filter(id=exam.assessment.id).update(grading_mode="automatic")
        take_attempt(attempt_id=attempt.id, submit=True)

        payloads = [json.dumps(payload) for payload in Delivery.objects.values_list("payload", flat=True)]

    assert payloads
    assert [each for each in payloads if MARK in each or "selected_option" in each or "answers" in each] == []


def test_the_admin_is_not_for_learners(exam: Exam) -> None:
    person = halfway(exam)
    browser = Client(headers={"host": f"{exam.school.slug}.localhost"})
    with tenant_context(exam.school):
        browser.force_login(person)

    pages = [
        browser.get(f"/admin/assessments/{model}/{tail}")
        for model in ("assessment", "attempt", "question", "questionversion", "journalentry", "attemptanswer")
        for tail in (
            "",
            f"{exam.known['attempts'][0]}/change/",
            f"{exam.known['versions'][0]}/change/",
            "autocomplete/",
        )
    ]

    assert {page.status_code for page in pages} <= {302, 403, 404}
    assert [secret for page in pages for secret in loot(page)] == []
