"""Rubrics that are deleted, changed or graded by at the same moment."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from apps.assessments.models import Assessment, AttemptAnswer, Rubric
from apps.assessments.services import put_new_question, start_attempt
from apps.assessments.services.given_grades import GivenGrade
from apps.assessments.services.manual_grading import grade_answer
from apps.assessments.services.rubrics import RubricGone, RubricUsed, change_rubric, delete_rubric
from apps.assessments.tests.grading import desk_of
from apps.assessments.tests.rubric_grading.conftest import BETTER, KEPT
from apps.assessments.tests.rubrics import CRITERIA, JUDGED, put_rubric, rubric_desk
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.parallel import in_parallel


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_a_rubric_is_deleted_or_named_and_not_both(school: Tenant, instructor: User) -> None:
    with tenant_context(school):
        quiz = desk_of(school, instructor).assessment
        rubric = put_rubric(instructor)

    def within(call: Any) -> Any:
        with tenant_context(school):
            return call()

    name = partial(
        put_new_question, assessment=quiz, by=instructor, question_type="essay", question_text="Why?", points=1,
        type_specific_data={}, rubric=rubric,
    )  # fmt: skip
    named, deleted = in_parallel(
        [partial(within, name), partial(within, partial(delete_rubric, rubric=rubric, by=instructor))]
    )

    with tenant_context(school):
        is_kept = Rubric.objects.filter(id=rubric.id).exists()
        if is_kept:
            assert isinstance(deleted, RubricUsed)
        else:
            assert isinstance(named, RubricGone)
            assert deleted is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_a_paper_made_while_its_rubric_changes_names_one_version_whole(
    school: Tenant, instructor: User, learner: User
) -> None:
    rubric_desk(school, instructor, learner, max_attempts=2)

    def within(call: Any) -> Any:
        with tenant_context(school):
            return call()

    with tenant_context(school):
        rubric, quiz = Rubric.objects.get(), Assessment.objects.get()
    started, _ = in_parallel(
        [
            partial(within, partial(start_attempt, assessment=quiz, by=learner)),
            partial(within, partial(change_rubric, rubric=rubric, by=instructor, criteria=CRITERIA[:1])),
        ]
    )

    with tenant_context(school):
        version = rubric.versions.get(id=started.attempt.paper[0]["rubric"])
        assert (version.number, len(version.criteria)) in {(1, 2), (2, 1)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_of_two_graders_by_one_rubric_one_is_told(school: Tenant, instructor: User, admin: User, learner: User) -> None:
    desk = rubric_desk(school, instructor, learner)
    judgements: list[Any] = [JUDGED, BETTER]

    def grading(by: User, rubric: Any) -> Any:
        said = {key: {**each, "points": each.get("points") and Decimal(each["points"])} for key, each in rubric.items()}
        given = GivenGrade(question_id=UUID(desk.essay), rubric=said)
        with tenant_context(school):
            return grade_answer(attempt_id=desk.attempt.id, given=given, by=by)

    results = in_parallel(
        [partial(grading, by, rubric) for by, rubric in zip((instructor, admin), judgements, strict=True)]
    )

    assert sorted(isinstance(result, tuple) for result in results) == [False, True]
    with tenant_context(school):
        answer = AttemptAnswer.objects.get()
        assert answer.points == (Decimal("5.83") if answer.rubric == KEPT else Decimal(10))
