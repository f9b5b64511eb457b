"""The statistics of an assessment through the API: from what stands in the database, for those who grade."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory, add_choice
from apps.assessments.models import Assessment
from apps.assessments.services import put_new_question, start_attempt, take_attempt
from apps.assessments.tests.grading import desk_of, hand_in_as, learners_of, put_essay
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf

# What each of five learners chooses for each of three questions, whose right option is `a`.
CHOICES = ["aaa", "aac", "aba", "bbc", "b c"]


def quiz_of(
    school: Tenant, instructor: User, learners: list[User], choices: list[str], **fields: Any
) -> tuple[Assessment, list[str]]:
    """Return a quiz that the learners have taken so, and its questions."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        quiz = AssessmentFactory.create(course=course, **fields)
        questions = [str(add_choice(quiz).question_id) for _ in range(3)]
        quiz.refresh_from_db()
        for learner, chosen in zip(learners, choices, strict=True):
            EnrollmentFactory.create(course=course, user=learner)
            take(quiz, questions, learner, chosen)
    return quiz, questions


def take(quiz: Assessment, questions: list[str], learner: User, chosen: str) -> None:
    pairs = zip(questions, chosen, strict=True)
    hand_in_as(learner, quiz, {question: {"selected_option_id": o} for question, o in pairs if o != " "})


def read(client: Any, quiz: Assessment, query: str = "") -> Any:
    return client.get(f"/api/assessments/{quiz.id}/statistics/{query}")


def test_they_agree_with_numpy(school: Tenant, instructor: User, learner: User, as_user: ClientOf) -> None:
    quiz, questions = quiz_of(school, instructor, [learner, *learners_of(school, 4)], CHOICES)
    points = np.array([[10.0 * (option == "a") for option in chosen] for chosen in CHOICES])
    totals = points.sum(axis=1)

    answered = read(as_user(instructor), quiz)

    assert answered.status_code == 200, answered.json()
    body = answered.json()
    alpha = 3 / 2 * (1 - points.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    expected = {
        "n": 5, "mean": totals.mean(), "standard_deviation": totals.std(ddof=1), "median": np.median(totals),
        "minimum": 0, "maximum": 30, "cronbach_alpha": alpha,
        "standard_error_of_measurement": totals.std(ddof=1) * np.sqrt(1 - alpha),
    }  # fmt: skip
    assert {name: body[name] for name in expected} == pytest.approx(expected, abs=1e-9)
    assert [row["question"] for row in body["questions"]] == questions
    for number, row in enumerate(body["questions"]):
        column = points[:, number]
        assert row["difficulty"] == pytest.approx(column.mean() / 10, abs=1e-9)
        correlation = np.corrcoef(column, totals - column)[0, 1]
        assert row["discrimination"] == pytest.approx(correlation, abs=1e-9)
        counts = {way["response"]: (way["count"], way["is_right"]) for way in row["responses"]}
        assert counts == {
            option: (sum(chosen[number] == option for chosen in CHOICES), option == "a") for option in "abc"
        }
    assert [row["answered"] for row in body["questions"]] == [5, 4, 5]


def test_a_wrong_key_is_flagged(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    choices = ["aab", "aab", "abb", "baa", "bba"]
    quiz, _ = quiz_of(school, instructor, learners_of(school, 5), choices)

    flags = [row["flags"] for row in read(as_user(instructor), quiz).json()["questions"]]

    assert flags[2] == ["wrong_option_beats_key", "negative_discrimination"]


def test_what_is_right_is_known_from_the_key_and_of_essays_it_is_not(
    school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        quiz = AssessmentFactory.create(course=course, grading_mode="automatic")
        essay = put_essay(quiz)
        statement = str(
            put_new_question(
                assessment=quiz, by=None, question_type="true_false", question_text="So?",
                type_specific_data={"correct": True},
            ).question_id
        )  # fmt: skip
        quiz.refresh_from_db()
        for learner, value in zip(learners_of(school, 2), (True, False), strict=True):
            EnrollmentFactory.create(course=course, user=learner)
            hand_in_as(learner, quiz, {essay: {"text": "So."}, statement: {"value": value}})

    rows = {row["question"]: row["responses"] for row in read(as_user(instructor), quiz).json()["questions"]}

    assert [(way["response"], way["count"], way["is_right"]) for way in rows[essay]] == [("answered", 2, None)]
    assert [(way["response"], way["is_right"]) for way in rows[statement]] == [("false", False), ("true", True)]


def test_of_each_learner_the_first_attempt_counts_or_the_last_or_all(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    quiz, questions = quiz_of(school, instructor, [learner], ["abc"])
    with tenant_context(school):
        take(quiz, questions, learner, "aaa")

    means = {
        which: (body["n"], body["mean"])
        for which in ("first", "last", "all")
        for body in [read(as_user(instructor), quiz, f"?attempts={which}").json()]
    }

    assert means == {"first": (1, 10.0), "last": (1, 30.0), "all": (2, 20.0)}
    assert read(as_user(instructor), quiz, "?attempts=best").status_code == 400


@pytest.mark.parametrize("people", [0, 1])
def test_where_there_is_too_little_nothing_is_claimed(
    school: Tenant, instructor: User, as_user: ClientOf, people: int
) -> None:
    quiz, _ = quiz_of(school, instructor, learners_of(school, people), ["aaa"] * people)

    body = read(as_user(instructor), quiz).json()

    undefined = ["standard_deviation", "cronbach_alpha", "standard_error_of_measurement"]
    assert [body[name] for name in undefined] == [None] * 3
    assert (body["n"], body["mean"], len(body["questions"])) == (people, 30.0 if people else None, 3 * people)
    assert [row["discrimination"] for row in body["questions"]] == [None] * 3 * people


def test_alpha_is_for_those_who_were_asked_the_same(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    quiz, questions = quiz_of(school, instructor, learners_of(school, 3), ["aaa", "abc", "bbb"])
    with tenant_context(school):
        another = str(add_choice(quiz).question_id)
        (late,) = learners_of(school, 1)
        EnrollmentFactory.create(course=quiz.course, user=late)
        take(quiz, [*questions, another], late, "aaab")

    body = read(as_user(instructor), quiz).json()

    assert (body["n"], body["cronbach_alpha"]) == (4, None)
    assert [row["asked"] for row in body["questions"]] == [4, 4, 4, 1]


def test_what_waits_for_a_person_does_not_count(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = desk_of(school, instructor, learner)

    assert read(as_user(instructor), desk.assessment).json()["n"] == 0


def test_the_time_of_a_question_is_known_where_it_was_saved_alone(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    quiz, questions = quiz_of(school, instructor, [], [])
    start = timezone.now()
    with tenant_context(school):
        EnrollmentFactory.create(course=quiz.course, user=learner)
        attempt = start_attempt(assessment=quiz, by=learner, now=start).attempt
        saves = [(10, questions[:1]), (30, questions[1:]), (45, questions[:1]), (50, questions[1:2])]
        for seconds, saved in saves:
            answers = {question: {"selected_option_id": "a"} for question in saved}
            take_attempt(attempt_id=attempt.id, answers=answers, now=start + timedelta(seconds=seconds))
        take_attempt(attempt_id=attempt.id, submit=True, now=start + timedelta(seconds=60))

    body = read(as_user(instructor), quiz).json()

    assert body["median_seconds"] == 60
    assert [row["median_seconds"] for row in body["questions"]] == [25, None, None]


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("stranger", 404), ("principal", 200), ("admin", 200)])
def test_who_may_read_them(
    school: Tenant,
    instructor: User,
    learner: User,
    request: pytest.FixtureRequest,
    as_user: ClientOf,
    who: str,
    status: int,
) -> None:
    quiz, _ = quiz_of(school, instructor, [learner], ["aaa"])
    client = as_user(request.getfixturevalue(who))

    answered = read(client, quiz)

    assert answered.status_code == status
    if status != 200:
        told = answered.content.decode() + client.options(f"/api/assessments/{quiz.id}/statistics/").content.decode()
        assert "decorator" not in told


def test_their_queries_do_not_grow_with_the_attempts(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    counts = []
    for people in (3, 30):
        quiz, _ = quiz_of(school, instructor, learners_of(school, people), ["aab"] * people)
        with CaptureQueriesContext(connection) as queries:
            assert read(as_user(instructor), quiz).json()["n"] == people
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 18
