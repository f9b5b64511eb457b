"""Grading by people through the API: who may, what becomes of the score, and what the history keeps."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.models import Assessment, Attempt, AttemptAnswer, GradeChange, JournalEntry
from apps.assessments.services import check_journal
from apps.assessments.tests.grading import Desk, desk_of
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.fixture
def desk(school: Tenant, instructor: User, learner: User) -> Desk:
    return desk_of(school, instructor, learner)


@pytest.fixture
def colleague(school: Tenant, desk: Desk) -> User:
    """Return another instructor of the same course."""
    with tenant_context(school):
        user: User = UserFactory.create(roles=[Role.INSTRUCTOR], email="colleague@maple.test")
        desk.assessment.course.instructor_links.create(user=user)
    return user


def grade(client: Any, desk: Desk, body: Any, **headers: str) -> Any:
    return client.post(f"/api/attempts/{desk.attempt.id}/grades/", body, headers=headers)


def essay(desk: Desk, points: Any, **more: Any) -> dict[str, Any]:
    return {"question": desk.essay, "points": points, **more}


def choice(desk: Desk, points: Any, **more: Any) -> dict[str, Any]:
    return {"question": desk.choice, "points": points, **more}


def stored(school: Tenant, desk: Desk) -> tuple[Any, ...]:
    with tenant_context(school):
        attempt = Attempt.objects.get(id=desk.attempt.id)
        return (attempt.status, attempt.score, attempt.version, GradeChange.objects.count())


def test_the_last_open_answer_gives_the_attempt_its_score(
    school: Tenant, desk: Desk, instructor: User, learner: User, as_user: ClientOf
) -> None:
    graded = grade(as_user(instructor), desk, essay(desk, "7.5", feedback="Name a second cause."))

    assert graded.status_code == 200, graded.json()
    body = graded.json()
    assert (body["status"], body["score"], body["percentage"]) == ("graded", "17.50", "87.50")
    assert body["results"] == [{"question": desk.essay, "result": "graded", "points": "7.50", "detail": ""}]
    assert graded["ETag"] == f'"{body["version"]}"'
    seen = as_user(learner).get(f"/api/attempts/{desk.attempt.id}/").json()
    assert (seen["status"], seen["score"]) == ("graded", "17.50")
    assert [(slot["points_given"], slot["feedback"]) for slot in seen["questions"]] == [
        ("10.00", ""),
        ("7.50", "Name a second cause."),
    ]
    with tenant_context(school):
        attempt = Attempt.objects.get(id=desk.attempt.id)
        assert check_journal(attempt) is None
        assert attempt.graded_by_id == instructor.id
        assert JournalEntry.objects.filter(attempt=attempt, kind="graded").count() == 1


@pytest.mark.parametrize("who", ["learner", "stranger", "principal", "classmate", None])
def test_only_who_teaches_the_course_grades(
    school: Tenant, desk: Desk, request: pytest.FixtureRequest, as_user: ClientOf, who: str | None
) -> None:
    with tenant_context(school):
        classmate = UserFactory.create()
    person = classmate if who == "classmate" else who and request.getfixturevalue(who)
    before = stored(school, desk)
    client = as_user(person or None)

    answers = [
        grade(client, desk, essay(desk, 10)),
        client.patch(f"/api/attempts/{desk.attempt.id}/feedback/", {"feedback": "Well done."}),
        client.post(f"/api/attempts/{desk.attempt.id}/claim/"),
        client.post(f"/api/attempts/{desk.attempt.id}/release/"),
    ]

    refused = {"learner": 403, "principal": 403, "classmate": 403, "stranger": 404, None: 401}
    assert {answer.status_code for answer in answers} == {refused[who]}
    assert stored(school, desk) == before


def test_nobody_grades_themselves(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    desk = desk_of(school, instructor, instructor)

    refused = grade(as_user(instructor), desk, essay(desk, 10))

    assert refused.status_code == 403
    assert stored(school, desk)[:2] == ("submitted", None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"points": "10.01"}, 400, "points_out_of_range"),
        ({"points": "-0.01"}, 400, "points_out_of_range"),
        ({"points": "NaN"}, 400, "invalid"),
        ({"points": "1.234"}, 400, "invalid"),
        ({}, 400, "nothing_given"),
        ({"question": str(new_id()), "points": 1}, 400, "unknown_question"),
    ],
)
def test_what_cannot_be_a_grade_is_refused_and_changes_nothing(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, body: dict[str, Any], status: int, code: str
) -> None:
    before = stored(school, desk)

    refused = grade(as_user(instructor), desk, {"question": desk.essay, **body})

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert stored(school, desk) == before


def test_the_key_is_overridden_with_a_reason_only(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    silent = grade(client, desk, choice(desk, 4))
    told = grade(client, desk, choice(desk, 4, reason="Copied from the board."))

    assert (silent.status_code, silent.json()["code"]) == (400, "reason_required")
    assert told.status_code == 200
    assert told.json()["status"] == "submitted", "the essay is still open"
    with tenant_context(school):
        answer = AttemptAnswer.objects.get(question_id=desk.choice)
        assert (answer.points, answer.is_overridden, answer.graded_by_id) == (Decimal(4), True, instructor.id)
        change = GradeChange.objects.get()
        assert (change.from_points, change.to_points, change.actor_id) == (Decimal(10), Decimal(4), instructor.id)
        assert (str(change.question_id), change.reason) == (desk.choice, "Copied from the board.")


def test_points_below_zero_only_where_the_question_takes_marks_away(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        version = AttemptAnswer.objects.get(question_id=desk.choice).version
        version.type_specific_data["negative_marks"] = True
        version.save()

    taken = grade(as_user(instructor), desk, choice(desk, "-10", reason="Guessed."))
    too_low = grade(as_user(instructor), desk, choice(desk, "-10.01", reason="Guessed."))

    assert taken.json()["results"][0]["points"] == "-10.00"
    assert too_low.json()["code"] == "points_out_of_range"


def test_a_list_is_answered_row_by_row(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    unknown = str(new_id())

    answered = grade(
        as_user(instructor), desk,
        [essay(desk, 8), choice(desk, 99, reason="Too much."), {"question": unknown, "points": 1}],
    )  # fmt: skip

    assert answered.status_code == 200
    assert [(row["question"], row["result"]) for row in answered.json()["results"]] == [
        (desk.essay, "graded"), (desk.choice, "points_out_of_range"), (unknown, "unknown_question"),
    ]  # fmt: skip
    assert stored(school, desk)[:2] == ("graded", Decimal(18))


@pytest.mark.parametrize("count", [0, 201])
def test_a_list_is_neither_empty_nor_endless(desk: Desk, instructor: User, as_user: ClientOf, count: int) -> None:
    refused = grade(as_user(instructor), desk, [essay(desk, 1)] * count)

    assert refused.status_code == 400


def test_an_attempt_that_runs_is_not_graded(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        Attempt.objects.filter(id=desk.attempt.id).update(status="in_progress", submitted_at=None)

    refused = grade(as_user(instructor), desk, essay(desk, 5))

    assert (refused.status_code, refused.json()["code"]) == (409, "attempt_running")
    assert stored(school, desk)[3] == 0


def test_a_late_attempt_loses_what_the_policy_says(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        Assessment.objects.filter(id=desk.assessment.id).update(late_penalty_percentage=10, late_penalty_per="day")
        Attempt.objects.filter(id=desk.attempt.id).update(due_at=timezone.now() - timedelta(hours=30))

    graded = grade(as_user(instructor), desk, essay(desk, 10)).json()

    assert (graded["raw_score"], graded["score"], graded["late_penalty_percentage"]) == ("20.00", "16.00", "20.00")


def test_the_same_grade_again_changes_nothing(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    grade(as_user(instructor), desk, essay(desk, 8, feedback="Good."))
    before = stored(school, desk)

    again = grade(as_user(instructor), desk, essay(desk, 8, feedback="Good."))

    assert again.json()["results"][0]["result"] == "unchanged"
    assert stored(school, desk) == before


def test_feedback_alone_leaves_the_points_to_the_key(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    said = grade(client, desk, [{"question": desk.choice, "feedback": "Well chosen."}, essay(desk, 5)])
    more = grade(client, desk, {"question": desk.choice, "feedback": "Very well chosen."})

    assert [row["result"] for row in said.json()["results"]] == ["graded", "graded"]
    assert (more.json()["score"], more.json()["version"]) == ("15.00", said.json()["version"] + 1)
    with tenant_context(school):
        answer = AttemptAnswer.objects.get(question_id=desk.choice)
        assert (answer.feedback, answer.is_overridden, answer.graded_by_id) == ("Very well chosen.", False, None)
        assert GradeChange.objects.filter(question_id=None).count() == 1, "the score has not changed"


def test_a_blank_answer_can_get_points_with_a_reason(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        AttemptAnswer.objects.filter(question_id=desk.choice).delete()
    client = as_user(instructor)

    given = grade(client, desk, [choice(desk, 3, reason="Answered aloud."), essay(desk, 5)])

    assert [row["result"] for row in given.json()["results"]] == ["graded", "graded"]
    assert given.json()["raw_score"] == "8.00"


def test_nobody_overwrites_a_grade_that_they_have_not_seen(
    school: Tenant, desk: Desk, instructor: User, colleague: User, as_user: ClientOf
) -> None:
    seen = f'"{desk.attempt.version}"'
    first = grade(as_user(instructor), desk, essay(desk, 8), **{"If-Match": seen})

    stale = grade(as_user(colleague), desk, essay(desk, 2, reason="Thin."), **{"If-Match": seen})
    blind = grade(as_user(colleague), desk, essay(desk, 2, reason="Thin."))
    strange = grade(as_user(colleague), desk, essay(desk, 2, reason="Thin."), **{"If-Match": '"x"'})
    fresh = grade(as_user(colleague), desk, essay(desk, 2, reason="Thin."), **{"If-Match": first["ETag"]})

    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (blind.status_code, blind.json()["code"]) == (409, "graded_by_another")
    assert strange.status_code == 412
    assert (fresh.status_code, fresh.json()["score"]) == (200, "12.00")


def test_a_claim_keeps_others_off_until_it_ends(
    school: Tenant, desk: Desk, instructor: User, colleague: User, admin: User, as_user: ClientOf
) -> None:
    url = f"/api/attempts/{desk.attempt.id}"
    claimed = as_user(instructor).post(f"{url}/claim/")

    taken = as_user(colleague).post(f"{url}/claim/")
    graded = grade(as_user(colleague), desk, essay(desk, 1))
    released = as_user(colleague).post(f"{url}/release/")

    assert claimed.json()["claimed_by"] == str(instructor.id)
    assert [answer.json()["code"] for answer in (taken, graded, released)] == ["attempt_claimed"] * 3
    assert as_user(admin).post(f"{url}/release/").json()["claimed_by"] is None
    assert as_user(colleague).post(f"{url}/claim/").status_code == 200
    with tenant_context(school):
        Attempt.objects.filter(id=desk.attempt.id).update(claimed_until=timezone.now())
    assert as_user(instructor).post(f"{url}/claim/").status_code == 200
    assert as_user(instructor).post(f"{url}/release/").status_code == 200


def test_overall_feedback_is_kept_with_its_history(
    school: Tenant, desk: Desk, instructor: User, learner: User, as_user: ClientOf
) -> None:
    url = f"/api/attempts/{desk.attempt.id}/feedback/"
    stale = as_user(instructor).patch(url, {"feedback": "No."}, headers={"If-Match": '"99"'})
    grade(as_user(instructor), desk, essay(desk, 10))

    said = as_user(instructor).patch(url, {"feedback": "A clear text."})
    again = as_user(instructor).patch(url, {"feedback": "A clear text."})

    assert stale.status_code == 412
    assert said.json()["feedback"] == again.json()["feedback"] == "A clear text."
    assert as_user(learner).get(f"/api/attempts/{desk.attempt.id}/").json()["feedback"] == "A clear text."
    with tenant_context(school):
        assert GradeChange.objects.filter(reason="Overall feedback.").count() == 1
        assert check_journal(Attempt.objects.get(id=desk.attempt.id)) is None
