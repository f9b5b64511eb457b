"""Two graders at the same moment, each on a connection of their own: nobody's grade is lost unawares."""

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from apps.assessments.models import Attempt, AttemptAnswer, GradeChange, QuestionVersion
from apps.assessments.services import check_journal
from apps.assessments.services.claims import AttemptClaimed, claim_attempt
from apps.assessments.services.given_grades import GivenGrade
from apps.assessments.services.manual_grading import GradedByAnother, GradesChanged, grade_answer
from apps.assessments.services.regrading import regrade
from apps.assessments.tests.grading import Desk, desk_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture
def desk(school: Tenant, instructor: User, learner: User) -> Desk:
    return desk_of(school, instructor, learner)


def within(school: Tenant, call: Any) -> Any:
    with tenant_context(school):
        return call()


def grading(school: Tenant, desk: Desk, question: str, points: int, by: User, version: int | None = None) -> Any:
    given = GivenGrade(question_id=UUID(question), points=Decimal(points), reason="Read.")
    return partial(
        within, school, partial(grade_answer, attempt_id=desk.attempt.id, given=given, by=by, version=version)
    )


@pytest.mark.parametrize(("has_tag", "refusal"), [(True, GradesChanged), (False, GradedByAnother)])
def test_of_two_graders_of_one_answer_one_is_told(
    school: Tenant, desk: Desk, instructor: User, admin: User, has_tag: bool, refusal: type[Exception]
) -> None:
    version = desk.attempt.version if has_tag else None

    results = in_parallel(
        [
            grading(school, desk, desk.essay, 3, instructor, version),
            grading(school, desk, desk.essay, 7, admin, version),
        ]
    )

    assert Counter(type(result) for result in results) == {tuple: 1, refusal: 1}
    with tenant_context(school):
        attempt = Attempt.objects.get(id=desk.attempt.id)
        winner = next(result[0] for result in results if isinstance(result, tuple))
        assert (attempt.score, attempt.graded_by_id) == (winner.score, winner.graded_by_id)
        assert GradeChange.objects.filter(question_id=desk.essay).count() == 1
        assert check_journal(attempt) is None


def test_graders_of_different_answers_both_count(school: Tenant, desk: Desk, instructor: User, admin: User) -> None:
    calls = [grading(school, desk, desk.essay, 3, instructor), grading(school, desk, desk.choice, 7, admin)]

    in_parallel(calls)

    with tenant_context(school):
        attempt = Attempt.objects.get(id=desk.attempt.id)
        points = AttemptAnswer.objects.values_list("points", flat=True)
        assert (attempt.status, attempt.score) == ("graded", Decimal(10))
        assert sorted(filter(None, points)) == [Decimal(3), Decimal(7)]
        assert check_journal(attempt) is None


def test_one_of_two_claims_holds(school: Tenant, desk: Desk, instructor: User, admin: User) -> None:
    calls = [
        partial(within, school, partial(claim_attempt, attempt_id=desk.attempt.id, by=by)) for by in (instructor, admin)
    ]

    results = in_parallel(calls)

    assert Counter(type(result) for result in results) == {Attempt: 1, AttemptClaimed: 1}


def test_a_regrade_never_overwrites_what_a_person_gives_meanwhile(
    school: Tenant, instructor: User, learner: User, admin: User
) -> None:
    desk = desk_of(school, instructor, learner, option="b")
    with tenant_context(school):
        for version in QuestionVersion.objects.filter(question_id=desk.choice):
            for option in version.type_specific_data["options"]:
                option["is_correct"] = option["id"] == "b"
            version.save()
    anew = partial(within, school, partial(regrade, assessment=desk.assessment, by=admin, reason="The key was b."))

    results = in_parallel([anew, grading(school, desk, desk.choice, 4, instructor), anew])

    assert not any(isinstance(result, Exception) for result in results)
    with tenant_context(school):
        assert AttemptAnswer.objects.get(question_id=desk.choice).points == 4
        assert check_journal(Attempt.objects.get(id=desk.attempt.id)) is None
