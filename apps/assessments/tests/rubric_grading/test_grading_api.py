"""Grading by a rubric, through the API: what follows from it, and what is kept."""

from decimal import Decimal
from typing import Any

import pytest

from apps.assessments.models import Attempt, AttemptAnswer, GradeChange, Rubric
from apps.assessments.services.regrading import regrade
from apps.assessments.services.rubrics import change_rubric
from apps.assessments.tests.grading import Desk, desk_of
from apps.assessments.tests.rubric_grading.conftest import BETTER, KEPT, grade, refusal, slot
from apps.assessments.tests.rubrics import CRITERIA, JUDGED, rubric_desk
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_the_points_follow_from_the_rubric(
    school: Tenant, desk: Desk, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    open_answer = client.get(f"/api/assessments/{desk.assessment.id}/grading-queue/").json()["results"][0]

    graded = grade(client, desk, rubric=JUDGED).json()

    assert open_answer["rubric"]["max_points"] == "6.00"
    assert open_answer["rubric"]["criteria"][0]["note"] == "For graders: be kind."
    assert graded["results"] == [{"question": desk.essay, "result": "graded", "points": "5.83", "detail": ""}]
    assert (graded["status"], graded["score"]) == ("graded", "5.83")
    with tenant_context(school):
        answer, change = AttemptAnswer.objects.get(), GradeChange.objects.get(question_id__isnull=False)
        assert (answer.points, answer.rubric, answer.is_overridden) == (Decimal("5.83"), KEPT, True)
        assert (change.from_points, change.to_points, change.rubric) == (None, Decimal("5.83"), KEPT)
    shown = slot(as_user(learner).get(f"/api/attempts/{desk.attempt.id}/"))
    assert shown["rubric_grade"] == KEPT
    assert "note" not in shown["rubric"]["criteria"][0]
    history = as_user(learner).get(f"/api/attempts/{desk.attempt.id}/grade-history/").json()["results"]
    assert [row["rubric"] for row in history if row["question"]] == [KEPT]


def test_the_same_again_changes_nothing_and_another_judgement_asks_for_a_reason(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    grade(client, desk, rubric=JUDGED)

    same = grade(client, desk, rubric=JUDGED).json()
    silent = grade(client, desk, rubric=BETTER)
    said = grade(client, desk, rubric=BETTER, reason="Read again.").json()
    comment = {**BETTER, "thesis": {"level": "clear", "comment": "Fine."}}
    commented = grade(client, desk, rubric=comment, feedback="Well done.").json()

    assert same["results"][0]["result"] == "unchanged"
    assert refusal(silent) == (400, "reason_required", "reason")
    assert (said["score"], commented["results"][0]["result"]) == ("10.00", "graded")
    with tenant_context(school):
        answer = AttemptAnswer.objects.get()
        assert answer.rubric == {**KEPT, "thesis": {"level": "clear", "points": "4.00", "comment": "Fine."}}
        assert answer.feedback == "Well done."
        assert GradeChange.objects.filter(question_id__isnull=False).count() == 3


def test_other_points_beside_the_rubric_ask_for_a_reason(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    silent = grade(client, desk, rubric=JUDGED, points="7")
    too_many = grade(client, desk, rubric=JUDGED, points="10.01", reason="Brilliant.")
    said = grade(client, desk, rubric=JUDGED, points="7", reason="An original thought.").json()

    assert refusal(silent) == (400, "reason_required", "reason")
    assert refusal(too_many) == (400, "points_out_of_range", "points")
    assert said["score"] == "7.00"
    with tenant_context(school):
        assert AttemptAnswer.objects.get().rubric == KEPT


@pytest.mark.parametrize(
    ("rubric", "code", "field"),
    [
        ({}, "rubric_incomplete", "rubric.thesis"),
        ({"thesis": {"level": "some"}}, "rubric_incomplete", "rubric.style"),
        ({**JUDGED, "grammar": {"level": "some"}}, "unknown_criterion", "rubric.grammar"),
        ({**JUDGED, "thesis": {"level": "zz"}}, "invalid_rubric_grade", "rubric.thesis.level"),
        ({**JUDGED, "thesis": {}}, "invalid_rubric_grade", "rubric.thesis.level"),
        ({**JUDGED, "thesis": {"level": "some", "points": 1}}, "invalid_rubric_grade", "rubric.thesis.points"),
        ({**JUDGED, "style": {"level": "some"}}, "invalid_rubric_grade", "rubric.style.level"),
        ({**JUDGED, "style": {}}, "invalid_rubric_grade", "rubric.style.points"),
        ({**JUDGED, "style": {"points": "2.01"}}, "invalid_rubric_grade", "rubric.style.points"),
        ({**JUDGED, "style": {"points": "-0.01"}}, "invalid_rubric_grade", "rubric.style.points"),
        ({**JUDGED, "style": {"points": "NaN"}}, "invalid", "rubric.style.points"),
        ({**JUDGED, "style": {"points": "0.001"}}, "max_decimal_places", "rubric.style.points"),
        ({**JUDGED, "style": {"points": 1, "comment": "x" * 2001}}, "max_length", "rubric.style.comment"),
        ({**JUDGED, "style": "good"}, "invalid", "rubric.style"),
        ("good", "not_a_dict", "rubric"),
    ],
)
def test_what_does_not_fit_the_rubric_is_refused_where_it_does_not(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, rubric: Any, code: str, field: str
) -> None:
    refused = grade(as_user(instructor), desk, rubric=rubric)

    status, found_code, found_field = refusal(refused)
    assert (status, found_code) == (400, code)
    assert found_field.startswith(field)
    with tenant_context(school):
        answer = AttemptAnswer.objects.get()
        assert (answer.points, answer.rubric) == (None, None)
        assert not GradeChange.objects.exists()


def test_of_many_grades_each_has_its_own_answer(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        desk = desk_of(school, instructor, learner)
    url = f"/api/attempts/{desk.attempt.id}/grades/"

    answer = as_user(instructor).post(url, [{"question": desk.essay, "rubric": JUDGED}, {"question": desk.essay}])

    assert [row["result"] for row in answer.json()["results"]] == ["no_rubric", "nothing_given"]


def test_in_a_list_too_the_points_follow(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    url = f"/api/attempts/{desk.attempt.id}/grades/"
    given = [
        {"question": desk.essay, "rubric": JUDGED},
        {"question": desk.essay, "feedback": "Good."},
    ]

    answer = as_user(instructor).post(url, given).json()

    assert [row["result"] for row in answer["results"]] == ["graded", "graded"]
    assert answer["score"] == "5.83"
    with tenant_context(school):
        change = GradeChange.objects.get(question_id__isnull=False)
        assert (change.from_points, change.to_points, change.rubric) == (None, Decimal("5.83"), KEPT)


def test_points_alone_and_feedback_alone_go_as_before(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    by_hand = grade(client, desk, points=4).json()
    with tenant_context(school):
        assert AttemptAnswer.objects.get().rubric is None
        assert not AttemptAnswer.objects.filter(rubric__isnull=False).exists()
    judged = grade(client, desk, rubric=JUDGED, reason="By the rubric.").json()
    over = grade(client, desk, points=6, reason="Rounded.").json()
    grade(client, desk, feedback="So it is.")

    assert (by_hand["score"], judged["score"], over["score"]) == ("4.00", "5.83", "6.00")
    with tenant_context(school):
        answer = AttemptAnswer.objects.get()
        assert (answer.points, answer.rubric, answer.feedback) == (Decimal("6.00"), KEPT, "So it is.")


def test_a_blank_answer_is_judged_too(school: Tenant, instructor: User, learner: User, as_user: ClientOf) -> None:
    desk = rubric_desk(school, instructor, learner, max_attempts=2)
    learning = as_user(learner)
    second = learning.post(f"/api/assessments/{desk.assessment.id}/attempts/").json()["id"]
    learning.patch(f"/api/attempts/{second}/", {"status": "submitted"})
    body = {"question": desk.essay, "rubric": JUDGED, "reason": "Handed in on paper."}

    graded = as_user(instructor).post(f"/api/attempts/{second}/grades/", body).json()

    assert graded["score"] == "5.83"
    with tenant_context(school):
        assert AttemptAnswer.objects.get(attempt_id=second).rubric == KEPT


def test_a_regrade_keeps_what_was_said_by_the_rubric(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    grade(as_user(instructor), desk, rubric=JUDGED)

    with tenant_context(school):
        regrade(assessment=desk.assessment, by=instructor, reason="Once more.")

        answer = AttemptAnswer.objects.get()
        assert (answer.points, answer.rubric) == (Decimal("5.83"), KEPT)
        assert Attempt.objects.get().score == Decimal("5.83")


def test_answers_are_graded_by_the_rubric_of_the_start(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        change_rubric(rubric=Rubric.objects.get(), by=instructor, criteria=CRITERIA[:1])
    client = as_user(instructor)

    by_the_new = grade(client, desk, rubric={"thesis": {"level": "clear"}})
    by_the_old = grade(client, desk, rubric=JUDGED)

    assert refusal(by_the_new) == (400, "rubric_incomplete", "rubric.style")
    assert by_the_old.json()["score"] == "5.83"


def test_others_judge_nothing(
    school: Tenant, desk: Desk, learner: User, stranger: User, principal: User, as_user: ClientOf
) -> None:
    refused = [grade(as_user(person), desk, rubric=JUDGED).status_code for person in (learner, stranger, principal)]

    assert refused == [403, 404, 403]
    with tenant_context(school):
        assert AttemptAnswer.objects.get().rubric is None
