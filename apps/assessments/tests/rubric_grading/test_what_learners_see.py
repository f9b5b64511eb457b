"""Who sees what of a rubric and of a judgement by it, and when."""

import pytest

from apps.assessments.models import Rubric
from apps.assessments.services import put_new_question
from apps.assessments.tests.rubric_grading.conftest import KEPT, grade, slot
from apps.assessments.tests.rubrics import JUDGED, rubric_desk
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize("shows_rubric", [True, False])
def test_learners_see_the_rubric_from_the_start_only_where_the_question_says_so(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf, shows_rubric: bool
) -> None:
    desk = rubric_desk(school, instructor, learner, shows_rubric=shows_rubric, show_feedback="never", max_attempts=2)
    client = as_user(learner)

    started = client.post(f"/api/assessments/{desk.assessment.id}/attempts/")
    grade(as_user(instructor), desk, rubric=JUDGED)
    ended = client.get(f"/api/attempts/{desk.attempt.id}/")
    history = client.get(f"/api/attempts/{desk.attempt.id}/grade-history/")

    for answer in (started, ended):
        assert ("rubric" in slot(answer)) is shows_rubric
        assert slot(answer)["rubric_grade"] is None
        assert "be kind" not in answer.content.decode()
    if shows_rubric:
        titles = [criterion["title"] for criterion in slot(started)["rubric"]["criteria"]]
        assert titles == ["Thesis", "Style"]
    assert [row["rubric"] for row in history.json()["results"]] == [None, None]


def test_of_two_questions_with_one_rubric_each_says_for_itself_whether_it_is_shown(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = rubric_desk(school, instructor, learner, shows_rubric=True, max_attempts=2)
    with tenant_context(school):
        put_new_question(
            assessment=desk.assessment, by=instructor, question_type="essay", question_text="Why not?", points=1,
            type_specific_data={}, rubric=Rubric.objects.get(),
        )  # fmt: skip

    questions = as_user(learner).post(f"/api/assessments/{desk.assessment.id}/attempts/").json()["questions"]

    assert ["rubric" in question for question in questions] == [True, False]


def test_comments_without_the_score_tell_no_points(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = rubric_desk(school, instructor, learner, show_score="never")
    grade(as_user(instructor), desk, rubric=JUDGED)

    shown = slot(as_user(learner).get(f"/api/attempts/{desk.attempt.id}/"))
    whole = slot(as_user(instructor).get(f"/api/attempts/{desk.attempt.id}/"))

    assert shown["rubric_grade"] == {"thesis": {"comment": "Say it earlier."}, "style": {"comment": ""}}
    assert whole["rubric_grade"] == KEPT
    assert whole["rubric"]["criteria"][0]["note"] == "For graders: be kind."
