"""Rubrics that questions name: which may be named, what papers and copies keep, where they are used."""

from apps.assessments.models import Assessment, QuestionVersion, Rubric, RubricVersion
from apps.assessments.services import change_question, create_question, put_new_question, start_attempt
from apps.assessments.services.copying import copy_assessment
from apps.assessments.services.rubrics import change_rubric
from apps.assessments.tests.authoring.conftest import ESSAY, RUBRICS, refusal
from apps.assessments.tests.rubrics import CRITERIA, put_rubric
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.users.models import User
from tests.fixtures import ClientOf

QUESTIONS = "/api/questions/"


def test_a_question_names_a_rubric_that_its_author_may_use(
    school: Tenant, instructor: User, colleague: User, other_school: Tenant, quiz: Assessment, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        own, hers = put_rubric(instructor), put_rubric(colleague)
        old = put_rubric(instructor, is_archived=True)
    with tenant_context(other_school):
        foreign = put_rubric(None, is_shared=True)

    made = client.post(f"/api/assessments/{quiz.id}/questions/", {**ESSAY, "rubric": str(own.id), "shows_rubric": True})
    unknown = [client.post(QUESTIONS, {**ESSAY, "rubric": str(each.id)}) for each in (hers, foreign)]
    archived = client.post(QUESTIONS, {**ESSAY, "rubric": str(old.id)})
    choice = {"question_type": "true_false", "question_text": "?", "type_specific_data": {"correct": True}}
    by_key = client.post(QUESTIONS, {**choice, "rubric": str(own.id)})

    assert (made.json()["rubric"], made.json()["shows_rubric"]) == (str(own.id), True)
    assert [refusal(each) for each in unknown] == [(400, "does_not_exist", "rubric")] * 2
    assert refusal(archived) == (409, "rubric_archived", "rubric")
    assert refusal(by_key) == (400, "rubric_not_for_type", "rubric")
    with tenant_context(school):
        assert QuestionVersion.objects.count() == 1


def test_a_rubric_in_use_is_archived_and_not_deleted(
    school: Tenant, instructor: User, learner: User, quiz: Assessment, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        rubric = put_rubric(instructor)
        essay = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
    address = f"{RUBRICS}{rubric.id}/"

    used = client.delete(address)
    archived = client.patch(address, {"is_archived": True})
    kept = client.patch(f"{QUESTIONS}{essay.question_id}/", {"question_text": "Why not?"}).json()
    freed = client.patch(f"{QUESTIONS}{essay.question_id}/", {"rubric": None}).json()

    assert refusal(used) == (409, "rubric_used", "")
    assert archived.status_code == 200
    assert (kept["rubric"], freed["rubric"]) == (str(rubric.id), None)
    assert client.delete(address).status_code == 204


def test_a_rubric_on_a_paper_stays_although_the_question_has_another_one(
    school: Tenant, instructor: User, learner: User, quiz: Assessment, as_user: ClientOf
) -> None:
    with tenant_context(school):
        rubric, other = put_rubric(instructor), put_rubric(instructor)
        essay = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        attempt = start_attempt(assessment=quiz, by=learner).attempt
        changed = change_question(question=essay.question, by=instructor, rubric=other)
        version = RubricVersion.objects.get(rubric=rubric)

    assert changed.number == 2
    assert attempt.paper[0]["rubric"] == str(version.id)
    assert attempt.paper[0]["shows_rubric"] is False
    assert refusal(as_user(instructor).delete(f"{RUBRICS}{rubric.id}/")) == (409, "rubric_used", "")


def test_a_paper_names_the_version_of_its_start(
    school: Tenant, instructor: User, learner: User, quiz: Assessment
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor)
        put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        put_new_question(assessment=quiz, by=instructor, **ESSAY)
        attempt = start_attempt(assessment=quiz, by=learner).attempt
        change_rubric(rubric=rubric, by=instructor, criteria=CRITERIA[:1])
        attempt.refresh_from_db()

        assert attempt.paper[0]["rubric"] == str(RubricVersion.objects.get(number=1).id)
        assert "rubric" not in attempt.paper[1]


def test_where_a_rubric_is_used(
    school: Tenant,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    quiz: Assessment,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        rubric = put_rubric(instructor, is_shared=True)
        own = put_new_question(assessment=quiz, by=instructor, rubric=rubric, **ESSAY)
        start_attempt(assessment=quiz, by=learner)
        change_question(question=own.question, by=instructor, rubric=None)
        hers = create_question(by=colleague, rubric=rubric, **ESSAY)
    address = f"{RUBRICS}{rubric.id}/usage/"

    rows = as_user(instructor).get(address).json()["results"]

    assert rows == [
        {
            "question": str(hers.question_id), "question_type": "essay", "question_text": "", "is_current": True,
            "assessment_count": 0,
        },
        {
            "question": str(own.question_id), "question_type": "essay", "question_text": "Why?", "is_current": False,
            "assessment_count": 1,
        },
    ]  # fmt: skip
    assert as_user(principal).get(address).json()["results"][0]["question_text"] == "Why?"
    assert as_user(colleague).get(address).status_code == 403


def test_a_copy_takes_the_rubric_along(school: Tenant, instructor: User, colleague: User, quiz: Assessment) -> None:
    with tenant_context(school):
        private, shared = put_rubric(instructor, title="private"), put_rubric(instructor, title="s", is_shared=True)
        for rubric in (private, private, shared):
            put_new_question(assessment=quiz, by=instructor, rubric=rubric, shows_rubric=True, **ESSAY)
        change_rubric(rubric=private, by=instructor, criteria=CRITERIA[:1])

        copy_assessment(assessment=quiz, by=instructor)
        assert Rubric.objects.count() == 2
        copy_assessment(assessment=quiz, by=colleague, course=CourseFactory.create(instructors=[colleague]))

        made = Rubric.objects.exclude(id__in=[private.id, shared.id]).get()
        assert (made.title, made.created_by_id, made.version_number) == ("private", colleague.id, 1)
        assert RubricVersion.objects.get(rubric=made).max_points == 4
        copied = QuestionVersion.objects.filter(question__created_by_id=colleague.id).order_by("id")
        assert [version.rubric_id for version in copied] == [made.id, made.id, shared.id]
        assert all(version.shows_rubric for version in copied)
