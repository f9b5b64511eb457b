"""Assessments in the Django admin: the same rules as in the API; what happened is to look at only."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import (
    AccessCodeGuess,
    Accommodation,
    Assessment,
    AssessmentItem,
    Attempt,
    JournalEntry,
    Question,
    QuestionCategory,
    Rubric,
)
from apps.assessments.services import create_category, start_attempt
from apps.assessments.tests.rubrics import put_rubric
from apps.core.models import Tenant
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

HOST = "maple.localhost"
MODELS = [
    "assessment", "assessmentitem", "accommodation", "questioncategory", "question", "questionversion", "attempt",
    "attemptanswer", "journalentry", "gradechange", "accesscodeguess", "rubric", "rubricversion",
    "attemptfile",
]  # fmt: skip
READ_ONLY = [
    "questionversion", "attempt", "attemptanswer", "journalentry", "gradechange", "rubricversion", "attemptfile",
]  # fmt: skip


@pytest.fixture
def browser(admin: User) -> Client:
    """Return the browser of the school's admin, on the school's host."""
    return browser_of(admin)


@pytest.fixture
def attempt(in_school: Tenant, learner: User) -> Attempt:
    quiz = AssessmentFactory.create(questions=2)
    EnrollmentFactory.create(course=quiz.course, user=learner)
    return start_attempt(assessment=quiz, by=learner).attempt


def browser_of(user: User) -> Client:
    client = Client(HTTP_HOST=HOST)
    client.force_login(user, backend="apps.users.backends.TenantBackend")
    return client


def add(client: Client, model: str, **values: Any) -> Any:
    return client.post(reverse(f"admin:assessments_{model}_add"), values)


def change(client: Client, obj: Any, **values: Any) -> Any:
    return client.post(reverse(f"admin:assessments_{obj._meta.model_name}_change", args=[obj.pk]), values)


def delete(client: Client, obj: Any) -> Any:
    return client.post(reverse(f"admin:assessments_{obj._meta.model_name}_delete", args=[obj.pk]), {"post": "yes"})


def form_of(obj: Any) -> dict[str, Any]:
    """Return what the form of a row would send unchanged."""
    names = [field.name for field in obj._meta.concrete_fields if field.editable and field.name not in {"id", "course"}]
    values = {name: getattr(obj, name) for name in names}
    sent = {name: value for name, value in values.items() if value is not None and value is not False and value != []}
    return sent | {"items-TOTAL_FORMS": 0, "items-INITIAL_FORMS": 0}


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_admins_only(
    model: str, browser: Client, attempt: Attempt, learner: User, instructor: User
) -> None:
    url = reverse(f"admin:assessments_{model}_changelist")

    assert browser.get(url).status_code == 200
    assert browser_of(learner).get(url).status_code in {302, 403}
    assert browser_of(instructor).get(url).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_happened_is_neither_made_nor_changed(model: str, browser: Client, attempt: Attempt) -> None:
    assert add(browser, model).status_code == 403
    if model in {"attempt", "journalentry"}:
        row: Any = attempt if model == "attempt" else JournalEntry.objects.order_by("index")[0]
        assert browser.get(reverse(f"admin:assessments_{model}_change", args=[row.pk])).status_code == 200
        assert change(browser, row, status="graded", kind="saved").status_code == 403
        assert delete(browser, row).status_code == 403
    assert (Attempt.objects.get().status, JournalEntry.objects.count()) == ("in_progress", 1)


def test_an_assessment_is_made_changed_and_deleted_by_the_services(
    browser: Client, admin: User, in_school: Tenant
) -> None:
    course = CourseFactory.create()
    blank = form_of(Assessment(title="Quiz"))
    made = add(browser, "assessment", **blank, course=str(course.pk))
    quiz = Assessment.objects.get()
    changed = change(browser, quiz, **form_of(quiz) | {"title": "Other"})
    wrong = change(browser, quiz, **form_of(quiz) | {"allowed_networks": "nowhere"})
    quiz.refresh_from_db()
    gone = delete(browser, quiz)

    assert (made.status_code, changed.status_code, wrong.status_code, gone.status_code) == (302, 302, 200, 302)
    assert "is no network" in wrong.content.decode()
    assert (quiz.title, quiz.version, quiz.created_by_id) == ("Other", 2, admin.id)
    assert not Assessment.objects.exists()


def test_a_taken_assessment_stays(browser: Client, attempt: Attempt) -> None:
    answer = delete(browser, attempt.assessment)

    assert answer.status_code == 302
    assert Assessment.objects.filter(id=attempt.assessment_id).exists()


def test_lines_are_made_changed_and_removed_by_the_services(browser: Client, in_school: Tenant) -> None:
    quiz = AssessmentFactory.create()
    question = AssessmentFactory.create(questions=1).items.get().question
    assert question is not None
    question.is_shared = True
    question.save()

    made = add(browser, "assessmentitem", assessment=str(quiz.pk), question=str(question.pk), points="3")
    item = AssessmentItem.objects.get(assessment=quiz)
    changed = change(browser, item, points="4")
    drawn = add(browser, "assessmentitem", assessment=str(quiz.pk), draw_count="5")
    quiz.refresh_from_db()

    assert (made.status_code, changed.status_code, drawn.status_code) == (302, 302, 200)
    assert "draws 5 questions" in drawn.content.decode()
    assert (quiz.question_count, quiz.max_score) == (1, Decimal(4))
    assert delete(browser, item).status_code == 302
    assert not AssessmentItem.objects.filter(assessment=quiz).exists()


def test_accommodations_are_granted_and_taken_back(browser: Client, in_school: Tenant, learner: User) -> None:
    blank = {"extra_time_percentage": "25", "extra_attempts": "0"}

    made = add(browser, "accommodation", user=str(learner.pk), **blank)
    nobody = add(browser, "accommodation", **blank)
    granted = Accommodation.objects.get()
    changed = change(browser, granted, **blank | {"extra_attempts": "2"})
    granted.refresh_from_db()

    assert (made.status_code, nobody.status_code, changed.status_code) == (302, 200, 302)
    assert (granted.extra_time_percentage, granted.extra_attempts, granted.version) == (25, 2, 2)
    assert delete(browser, granted).status_code == 302
    assert not Accommodation.objects.exists()


def test_categories_and_filing_go_through_the_services(browser: Client, in_school: Tenant) -> None:
    question = AssessmentFactory.create(questions=1).items.get().question
    assert question is not None
    create_category(name="Loops", by=None)

    made = add(browser, "questioncategory", name="Rings")
    twice = add(browser, "questioncategory", name="LOOPS")
    rings = QuestionCategory.objects.get(name="Rings")
    renamed = change(browser, rings, name="Cycles")
    filed = change(
        browser, question, category=str(rings.pk), tags="a,b", difficulty="hard", is_shared="on",
        **{"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0},
    )  # fmt: skip
    used = delete(browser, rings)
    question.refresh_from_db()

    assert [answer.status_code for answer in (made, twice, renamed, filed, used)] == [302, 200, 302, 302, 302]
    assert (question.category, question.tags, question.difficulty, question.is_shared) == (
        QuestionCategory.objects.get(name="Cycles"),
        ["a", "b"],
        "hard",
        True,
    )
    assert Question.objects.get(id=question.id).version_number == 1
    assert delete(browser, QuestionCategory.objects.get(name="Loops")).status_code == 302
    assert QuestionCategory.objects.count() == 1


def test_who_supervises_lets_a_learner_try_again(browser: Client, attempt: Attempt, learner: User) -> None:
    guess = AccessCodeGuess.objects.create(assessment=attempt.assessment, user=learner, guessed_at=attempt.started_at)
    url = reverse("admin:assessments_accesscodeguess_delete", args=[guess.pk])

    refused = browser_of(learner).post(url, {"post": "yes"})
    kept = AccessCodeGuess.objects.exists()
    done = browser.post(url, {"post": "yes"})

    assert (refused.status_code, kept, done.status_code) == (302, True, 302)
    assert not AccessCodeGuess.objects.exists()


def test_rubrics_are_filed_and_deleted_by_the_services(browser: Client, in_school: Tenant) -> None:
    rubric = put_rubric(None)
    blank = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}

    made = add(browser, "rubric", title="Other")
    changed = change(browser, rubric, title="Other", is_shared="on", **blank)
    rubric.refresh_from_db()

    assert (made.status_code, changed.status_code) == (403, 302)
    assert (rubric.title, rubric.is_shared, rubric.version, rubric.version_number) == ("Other", True, 2, 1)
    assert delete(browser, rubric).status_code == 302
    assert not Rubric.objects.exists()
