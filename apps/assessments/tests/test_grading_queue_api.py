"""What graders read, and learners do not: the queue of open answers and the history of grades."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.assessments.tests.grading import Desk, desk_of, hand_in_as, learners_of, put_essay
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.fixture
def desk(school: Tenant, instructor: User, learner: User) -> Desk:
    return desk_of(school, instructor, learner, *learners_of(school, 2))


def queue(client: Any, desk: Desk, query: str = "") -> Any:
    return client.get(f"/api/assessments/{desk.assessment.id}/grading-queue/{query}")


def test_the_queue_holds_what_waits_for_a_person(
    desk: Desk, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    rows = queue(client, desk).json()["results"]
    client.post(f"/api/attempts/{desk.attempt.id}/grades/", {"question": desk.essay, "points": 5})

    assert [row["attempt"] for row in rows] == [str(attempt.id) for attempt in desk.attempts]
    assert rows[0] | {"submitted_at": None} == {
        "attempt": str(desk.attempt.id), "version": desk.attempt.version, "user": str(learner.id),
        "learner": f"{learner.first_name} {learner.last_name}", "question": desk.essay, "question_type": "essay",
        "question_text": "Why?", "points": "10.00", "answer": {"text": "Because."}, "files": [], "rubric": None,
        "submitted_at": None, "claimed_by": None, "claimed_until": None,
    }  # fmt: skip
    assert queue(client, desk).json()["count"] == 2
    assert queue(client, desk, f"?question={desk.choice}").json()["count"] == 0
    assert queue(client, desk, f"?question={desk.essay}").json()["count"] == 2


def test_it_goes_by_question_or_by_learner(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        quiz = AssessmentFactory.create(course=desk.assessment.course)
        essays = [put_essay(quiz), put_essay(quiz)]
        answers = {essay: {"text": "So."} for essay in essays}
        attempts = [str(hand_in_as(learner, quiz, answers).id) for learner in desk.learners]
    other = Desk(quiz, "", "", [], [])

    by_question = queue(as_user(instructor), other, "?by=question").json()["results"]
    by_learner = queue(as_user(instructor), other, "?by=learner").json()["results"]

    assert [row["question"] for row in by_question] == [essays[0]] * 3 + [essays[1]] * 3
    assert [row["attempt"] for row in by_learner] == [attempt for attempt in attempts for _ in essays]


def test_anonymous_rows_know_no_names_and_keep_their_pseudonyms(
    desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    first = queue(client, desk, "?anonymous=true")
    again = queue(client, desk, "?anonymous=true&by=learner")

    names = {row["attempt"]: row["learner"] for row in first.json()["results"]}
    assert names == {row["attempt"]: row["learner"] for row in again.json()["results"]}
    assert len(set(names.values())) == 3
    for person in desk.learners:
        for known in (str(person.id), person.last_name, person.email):
            assert known not in first.content.decode()


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("stranger", 404), ("principal", 200), ("admin", 200)])
def test_who_may_read_the_queue(
    desk: Desk, request: pytest.FixtureRequest, as_user: ClientOf, who: str, status: int
) -> None:
    answered = queue(as_user(request.getfixturevalue(who)), desk)

    assert answered.status_code == status
    assert ("Because." in answered.content.decode()) == (status == 200)


@pytest.mark.parametrize("query", ["?by=name", "?question=x", "?anonymous=perhaps"])
def test_what_it_does_not_understand_is_refused(desk: Desk, instructor: User, as_user: ClientOf, query: str) -> None:
    assert queue(as_user(instructor), desk, query).status_code == 400


def test_its_queries_do_not_grow_with_the_answers(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    queue(client, desk)
    with CaptureQueriesContext(connection) as few:
        queue(client, desk, "?page_size=100")
    with tenant_context(school):
        for person in learners_of(school, 27):
            EnrollmentFactory.create(course=desk.assessment.course, user=person)
            hand_in_as(person, desk.assessment, {desk.essay: {"text": "Thus."}})

    with CaptureQueriesContext(connection) as many:
        rows = queue(client, desk, "?page_size=100").json()["results"]

    assert len(rows) == 30
    assert len(many) == len(few) <= 6


def history(client: Any, desk: Desk) -> Any:
    return client.get(f"/api/attempts/{desk.attempt.id}/grade-history/")


def test_the_history_tells_who_when_why_and_from_what_to_what(
    desk: Desk, instructor: User, stranger: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    url = f"/api/attempts/{desk.attempt.id}/grades/"
    client.post(url, {"question": desk.essay, "points": 5})
    client.post(url, {"question": desk.essay, "points": 6, "reason": "Read again."})

    rows = history(client, desk).json()["results"]

    assert [(row["question"], row["from_points"], row["to_points"], row["reason"]) for row in rows] == [
        (desk.essay, None, "5.00", ""),
        (None, None, "15.00", ""),
        (desk.essay, "5.00", "6.00", "Read again."),
        (None, "15.00", "16.00", "Read again."),
    ]
    assert {row["actor"] for row in rows} == {str(instructor.id)}
    assert history(as_user(stranger), desk).status_code == 404


@pytest.mark.parametrize(("score", "answers"), [("never", "never"), ("submitted", "never"), ("submitted", "submitted")])
def test_learners_read_their_own_history_as_far_as_the_score_is_shown(
    school: Tenant, desk: Desk, instructor: User, learner: User, as_user: ClientOf, score: str, answers: str
) -> None:
    with tenant_context(school):
        Assessment.objects.filter(id=desk.assessment.id).update(show_score=score, show_answers=answers)
    grade = {"question": desk.choice, "points": 1, "reason": "The key is b."}
    as_user(instructor).post(f"/api/attempts/{desk.attempt.id}/grades/", grade)
    waiting = history(as_user(learner), desk).json()["count"]
    as_user(instructor).post(f"/api/attempts/{desk.attempt.id}/grades/", {"question": desk.essay, "points": 5})

    seen = history(as_user(learner), desk).json()["results"]
    other = history(as_user(desk.learners[1]), desk)

    assert waiting == 0
    assert [row["to_points"] for row in seen] == ([] if score == "never" else ["1.00", "5.00", "6.00"])
    assert {row["reason"] for row in seen} <= ({"The key is b.", ""} if answers == "submitted" else {""})
    assert all(row["actor"] is None for row in seen)
    assert other.status_code == 404
