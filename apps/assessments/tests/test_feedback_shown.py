"""What the key says to an answer, and the hints, reach learners when the assessment shows feedback, not before."""

from typing import Any

import pytest

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.assessments.question_types import QUESTION_TYPES
from apps.assessments.services import put_new_question
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.factories import FileFactory
from apps.users.models import User
from tests.fixtures import ClientOf

CHOSEN, OTHER, HINT = "Lutetia is Roman.", "The kings lived there.", "Think of the Seine."
ACCEPTED = [
    {"text": "Zxparis"},
    {"text": "Lutetia", "weight": "50", "feedback": CHOSEN},
    {"text": "Versailles", "weight": "0", "feedback": OTHER},
]


@pytest.fixture
def quiz(school: Tenant, instructor: User, learner: User) -> Assessment:
    """Return a quiz with a short answer, in a course with its instructor and one learner."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
        quiz = AssessmentFactory.create(course=course)
        put_new_question(
            assessment=quiz,
            by=instructor,
            question_type="short_answer",
            question_text="What is the capital of France?",
            points=10,
            type_specific_data={"accepted": ACCEPTED},
            hints=[HINT],
        )
    return quiz


def _show(school: Tenant, quiz: Assessment, **shown: str) -> None:
    with tenant_context(school):
        Assessment.objects.filter(id=quiz.id).update(**shown)


def _answer(client: Any, quiz: Assessment, text: str) -> tuple[Any, Any]:
    started = client.post(f"/api/assessments/{quiz.id}/attempts/")
    question = started.json()["questions"][0]["question"]
    submitted = client.patch(
        f"/api/attempts/{started.json()['id']}/", {"answers": {question: {"text": text}}, "status": "submitted"}
    )
    assert submitted.status_code == 200, submitted.json()
    return started, submitted


def test_the_feedback_of_the_answer_given_comes_with_the_result(
    quiz: Assessment, school: Tenant, learner: User, as_user: ClientOf
) -> None:
    _show(school, quiz, show_feedback="submitted", show_answers="never")

    started, submitted = _answer(as_user(learner), quiz, "lutetia")

    slot = submitted.json()["questions"][0]
    assert (slot["option_feedback"], slot["hints"], slot["points_given"]) == ([CHOSEN], [HINT], "5.00")
    assert not any(secret in started.content.decode() for secret in (CHOSEN, OTHER, HINT, "Zxparis"))
    assert not any(secret in submitted.content.decode() for secret in (OTHER, "Zxparis"))


def test_a_shown_key_brings_neither_feedback_nor_hints_with_it(
    quiz: Assessment, school: Tenant, learner: User, as_user: ClientOf
) -> None:
    _show(school, quiz, show_feedback="never", show_answers="submitted")

    _, submitted = _answer(as_user(learner), quiz, "lutetia")

    accepted = submitted.json()["questions"][0]["solution"]["accepted"]
    assert accepted == [{"text": "Zxparis"}, {"text": "Lutetia", "weight": "50"}, {"text": "Versailles", "weight": "0"}]
    assert not any(secret in submitted.content.decode() for secret in (CHOSEN, OTHER, HINT))


def test_with_key_and_feedback_shown_the_feedback_is_of_the_answer_given_alone(
    quiz: Assessment, school: Tenant, learner: User, as_user: ClientOf
) -> None:
    _show(school, quiz, show_feedback="submitted", show_answers="submitted")

    _, submitted = _answer(as_user(learner), quiz, "lutetia")

    assert submitted.json()["questions"][0]["option_feedback"] == [CHOSEN]
    assert OTHER not in submitted.content.decode()


def test_a_blank_answer_is_told_nothing(quiz: Assessment, school: Tenant, learner: User, as_user: ClientOf) -> None:
    _show(school, quiz, show_feedback="submitted", show_answers="never")

    _, submitted = _answer(as_user(learner), quiz, " ")

    assert submitted.json()["questions"][0]["option_feedback"] == []


@pytest.mark.parametrize("when", ["never", "closed", "posted"])
def test_until_feedback_is_shown_it_is_for_the_graders_alone(
    quiz: Assessment,
    school: Tenant,
    instructor: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
    when: str,
) -> None:
    _show(school, quiz, show_feedback=when, show_answers="never")
    _, submitted = _answer(as_user(learner), quiz, "lutetia")
    address = f"/api/attempts/{submitted.json()['id']}/"

    seen = [submitted, as_user(learner).get(address)]

    for response in seen:
        assert response.json()["status"] == "graded"
        assert not any(secret in response.content.decode() for secret in (CHOSEN, OTHER, HINT, "Zxparis"))
    slot = as_user(instructor).get(address).json()["questions"][0]
    assert (slot["option_feedback"], slot["hints"]) == ([CHOSEN], [HINT])
    assert as_user(stranger).get(address).status_code == 404


def test_every_type_is_asked_answered_and_graded_through_the_api(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
        quiz = AssessmentFactory.create(course=course, show_answers="never", shuffle_options=True)
    kinds = list(QUESTION_TYPES.values())
    for kind in kinds:
        asked = {"question_text": kind.example_text, "question_type": kind.name, "points": 3}
        created = as_user(instructor).post(
            f"/api/assessments/{quiz.id}/questions/", {**asked, "type_specific_data": kind.example}
        )
        assert created.status_code == 201, created.json()
    client = as_user(learner)

    attempt = client.post(f"/api/assessments/{quiz.id}/attempts/").json()
    answers = {slot["question"]: QUESTION_TYPES[slot["question_type"]].answer_example for slot in attempt["questions"]}
    with tenant_context(school):
        own = FileFactory.create(uploaded_by_id=learner.id, media_type="application/pdf", size_bytes=1000)
    upload = next(slot["question"] for slot in attempt["questions"] if slot["question_type"] == "file_upload")
    answers[upload] = {"file": str(own.id)}
    client.patch(f"/api/attempts/{attempt['id']}/", {"answers": answers, "status": "submitted"})

    graded = as_user(instructor).get(f"/api/attempts/{attempt['id']}/").json()
    given = {slot["question_type"]: slot["points_given"] for slot in graded["questions"]}
    by_hand = {"essay", "file_upload"}
    assert graded["status"] == "submitted"
    assert given == {kind.name: None if kind.name in by_hand else "3.00" for kind in kinds}


def test_an_answer_of_the_wrong_form_is_pointed_at_and_nothing_is_saved(
    quiz: Assessment, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    attempt = client.post(f"/api/assessments/{quiz.id}/attempts/").json()
    question = attempt["questions"][0]["question"]

    refused = client.patch(f"/api/attempts/{attempt['id']}/", {"answers": {question: {"text": 7}}})

    assert refused.status_code == 400
    assert f"answers.{question}.text" in refused.content.decode()
    assert client.get(f"/api/attempts/{attempt['id']}/").json()["answers"] == {}


def test_a_score_alone_does_not_tell_which_answers_were_right(school: Tenant, learner: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        quiz = AssessmentFactory.create(questions=2, show_feedback="never", show_answers="never")
        EnrollmentFactory.create(course=quiz.course, user=learner)
    client = as_user(learner)
    attempt = client.post(f"/api/assessments/{quiz.id}/attempts/").json()

    answers = {slot["question"]: {"selected_option_id": "a"} for slot in attempt["questions"]}
    graded = client.patch(f"/api/attempts/{attempt['id']}/", {"answers": answers, "status": "submitted"}).json()

    assert graded["score"] == "20.00"
    assert [slot["points_given"] for slot in graded["questions"]] == [None, None]
