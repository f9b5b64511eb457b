"""A corrected key, and what becomes of the attempts that were graded by the wrong one."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.assessments.factories import OPTIONS
from apps.assessments.models import Attempt, AttemptAnswer, GradeChange, QuestionVersion
from apps.assessments.services import check_journal, regrading
from apps.assessments.tests.grading import Desk, desk_of, learners_of
from apps.assessments.tests.regrading.conftest import CORRECTED, WHY, correct, quiz_of, regrade, stored
from apps.core.ids import new_id
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_preview_says_who_changes_and_changes_nothing(
    school: Tenant, desk: Desk, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    correct(client, desk)
    before = stored(school)

    preview = regrade(client, desk, dry_run=True)

    assert preview.status_code == 200, preview.json()
    body = preview.json()
    assert (body["dry_run"], body["attempts"], body["changed"]) == (True, 3, 3)
    change = next(row for row in body["changes"] if row["user"] == str(learner.id))
    assert (change["before"]["score"], change["after"]["score"]) == ("0.00", "10.00")
    assert (change["before"]["is_passed"], change["after"]["is_passed"]) == (False, True)
    assert change["answers"] == [{"question": desk.choice, "from_points": "0.00", "to_points": "10.00"}]
    assert stored(school) == before


@pytest.mark.parametrize("names_it", [False, True])
def test_nobody_regrades_themselves(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf, names_it: bool
) -> None:
    desk = quiz_of(school, instructor, [learner, instructor])
    client, own = as_user(instructor), desk.attempts[1]
    correct(client, desk)
    body: dict[str, Any] = {"attempts": [str(own.id)]} if names_it else {}

    preview = regrade(client, desk, dry_run=True, **body).json()
    done = regrade(client, desk, **WHY, **body).json()

    others = [] if names_it else [str(learner.id)]
    for answer in (preview, done):
        assert [change["user"] for change in answer["changes"]] == others
        assert (answer["attempts"], answer["changed"]) == (len(others), len(others))
    with tenant_context(school):
        assert Attempt.objects.get(id=own.id).score == 0


def test_a_regrade_does_what_its_preview_said_and_twice_is_once(
    school: Tenant,
    desk: Desk,
    instructor: User,
    as_user: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(regrading, "BATCH", 2)
    client = as_user(instructor)
    correct(client, desk)
    preview = regrade(client, desk, dry_run=True).json()

    with django_capture_on_commit_callbacks() as told:
        done = regrade(client, desk, **WHY)
    after = stored(school)
    again = regrade(client, desk, **WHY)

    assert done.json() == preview | {"dry_run": False}
    assert len(told) == 2, "one for each batch"
    assert (again.json()["changed"], stored(school)) == (0, after)
    with tenant_context(school):
        for attempt in Attempt.objects.all():
            assert (attempt.score, attempt.is_passed, attempt.graded_by_id) == (Decimal(10), True, None)
            assert check_journal(attempt) is None
        history = GradeChange.objects.filter(attempt=desk.attempt).order_by("id")
        assert [(row.from_points, row.to_points, row.actor_id, row.reason) for row in history] == [
            (None, Decimal(0), None, ""),
            (Decimal(0), Decimal(10), instructor.id, WHY["reason"]),
            (Decimal(0), Decimal(10), instructor.id, WHY["reason"]),
        ]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_corrected_a_second_regrade_finds_nothing(
    school: Tenant, instructor: User, as_user: ClientOf, seed: int
) -> None:
    dice = Random(seed)
    learners = learners_of(school, 6)
    desk = quiz_of(school, instructor, learners, option=dice.choice("abc"), late_penalty_percentage=10)
    client = as_user(instructor)
    kept = {"question": desk.choice, "points": dice.randint(0, 10), "reason": "Seen."}
    client.post(f"/api/attempts/{desk.attempt.id}/grades/", kept)
    options = [{**option, "weight": dice.randint(-100, 100)} for option in OPTIONS["options"]]
    correct(client, desk, {"options": options, "multiple": False})

    regrade(client, desk, **WHY)
    after = stored(school)

    assert regrade(client, desk, dry_run=True).json()["changed"] == 0
    assert regrade(client, desk, **WHY).json()["changes"] == []
    assert stored(school) == after
    with tenant_context(school):
        assert AttemptAnswer.objects.get(attempt=desk.attempt).points == kept["points"]


def test_what_a_person_gave_stays(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    grade = {"question": desk.choice, "points": 3, "reason": "Half right."}
    client.post(f"/api/attempts/{desk.attempt.id}/grades/", grade)
    correct(client, desk)

    done = regrade(client, desk, **WHY).json()

    assert {row["attempt"] for row in done["changes"]} == {str(attempt.id) for attempt in desk.attempts[1:]}
    with tenant_context(school):
        assert AttemptAnswer.objects.get(attempt=desk.attempt).points == 3


def test_answers_that_wait_for_a_person_go_on_waiting(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = desk_of(school, instructor, learner, option="b")
    with tenant_context(school):
        QuestionVersion.objects.filter(question_id=desk.choice).update(
            type_specific_data={**CORRECTED, "negative_marks": False}
        )

    done = regrade(as_user(instructor), desk, **WHY).json()

    assert done["changes"][0]["after"]["status"] == "submitted"
    assert [row["to_points"] for row in done["changes"][0]["answers"]] == ["10.00"]
    with tenant_context(school):
        assert AttemptAnswer.objects.get(question_id=desk.essay).points is None


def test_attempts_that_run_are_left_alone(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        Attempt.objects.update(status="in_progress", submitted_at=None)
    correct(as_user(instructor), desk)

    assert regrade(as_user(instructor), desk, **WHY).json()["attempts"] == 0


def test_a_regrade_wants_a_reason(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    correct(as_user(instructor), desk)
    before = stored(school)

    refused = regrade(as_user(instructor), desk, reason=" ")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reason")
    assert stored(school) == before


def test_some_attempts_are_named(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    correct(client, desk)

    some = regrade(client, desk, **WHY, attempts=[str(desk.attempt.id), str(new_id())]).json()

    assert (some["attempts"], [row["attempt"] for row in some["changes"]]) == (1, [str(desk.attempt.id)])


def test_pass_mark_and_late_policy_are_today_s_and_the_preview_says_so(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    due = timezone.now() - timedelta(hours=3)
    desk = quiz_of(school, instructor, [learner], option="a", due_at=due, late_penalty_per="day")
    client = as_user(instructor)
    rules = {"pass_mark_percentage": "95.00", "late_penalty_percentage": "10.00"}
    client.patch(f"/api/assessments/{desk.assessment.id}/", rules)

    preview = regrade(client, desk, dry_run=True).json()
    done = regrade(client, desk, **WHY).json()

    assert preview["rules"] == rules | {
        "grading_mode": "hybrid", "late_penalty_per": "day", "late_floor_percentage": "0.00", "late_grace_minutes": 0,
    }  # fmt: skip
    change = preview["changes"][0]
    standings = [
        (each["raw_score"], each["score"], each["is_passed"], each["late_penalty_percentage"])
        for each in (change["before"], change["after"])
    ]
    assert standings == [("10.00", "10.00", True, "0.00"), ("10.00", "9.00", False, "10.00")]
    assert change["answers"] == []
    assert done["changes"] == preview["changes"]


@pytest.mark.parametrize(("left", "is_held"), [(timedelta(minutes=1), True), (-timedelta(minutes=1), False)])
def test_who_grades_an_attempt_just_now_is_named_and_notices(
    school: Tenant, instructor: User, admin: User, learner: User, as_user: ClientOf, left: timedelta, is_held: bool
) -> None:
    desk = desk_of(school, instructor, learner, option="b")
    with tenant_context(school):
        QuestionVersion.objects.filter(question_id=desk.choice).update(
            type_specific_data={**CORRECTED, "negative_marks": False}
        )
    claim = as_user(admin).post(f"/api/attempts/{desk.attempt.id}/claim/").json()
    with tenant_context(school):
        Attempt.objects.update(claimed_until=timezone.now() + left)

    changes = regrade(as_user(instructor), desk, **WHY).json()["changes"]
    grade = {"question": desk.essay, "points": 4}
    url = f"/api/attempts/{desk.attempt.id}/grades/"
    stale = as_user(admin).post(url, grade, headers={"If-Match": f'"{claim["version"]}"'})
    fresh = as_user(admin).post(url, grade)

    assert [row["claimed_by"] for row in changes] == [str(admin.id) if is_held else None]
    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json()["raw_score"] == "14.00"


def test_events_of_a_batch_are_written_by_one_statement(school: Tenant, instructor: User, as_user: ClientOf) -> None:
    desk = quiz_of(school, instructor, learners_of(school, 5))
    correct(as_user(instructor), desk)
    with tenant_context(school):
        before = Delivery.objects.filter(event="attempt.graded.v1").count()

    with CaptureQueriesContext(connection) as queries:
        regrade(as_user(instructor), desk, **WHY)

    assert sum("INSERT INTO core_delivery" in query["sql"] for query in queries) == 1
    with tenant_context(school):
        told = Delivery.objects.filter(event="attempt.graded.v1")
        assert (told.count() - before) % 5 == 0
        assert {row.payload["attempt_id"] for row in told} == {str(attempt.id) for attempt in desk.attempts}


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("principal", 403), ("stranger", 404), ("admin", 200)])
def test_who_may_regrade_and_post(
    school: Tenant,
    desk: Desk,
    instructor: User,
    request: pytest.FixtureRequest,
    as_user: ClientOf,
    who: str,
    status: int,
) -> None:
    correct(as_user(instructor), desk)
    before = stored(school)
    client = as_user(request.getfixturevalue(who))
    url = f"/api/assessments/{desk.assessment.id}"

    answers = [
        regrade(client, desk, dry_run=True),
        client.post(f"{url}/post-results/"),
        client.post(f"{url}/hide-results/"),
        regrade(client, desk, **WHY),
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert (stored(school) == before) == (status != 200)
    if status != 200:
        assert not any("options" in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_its_queries_grow_with_the_batches_alone(
    school: Tenant, instructor: User, as_user: ClientOf, is_dry_run: bool
) -> None:
    client = as_user(instructor)
    counts = []
    for people in (3, 30):
        desk = quiz_of(school, instructor, learners_of(school, people))
        correct(client, desk)
        with CaptureQueriesContext(connection) as queries:
            done = regrade(client, desk, dry_run=is_dry_run, **WHY)
        assert done.json()["changed"] == people
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 18
