"""Copies: nothing is dropped, and a field or table that is added tomorrow cannot be forgotten."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionVersion
from apps.assessments.services import (
    add_question,
    add_section,
    copy_assessment,
    create_accommodation,
    create_category,
    start_attempt,
)
from apps.assessments.services.copying import LEFT_BEHIND, OWN_FIELDS
from apps.assessments.services.papers import drawn_from, make_paper
from apps.assessments.tests.authoring.conftest import ask
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.users.models import User
from tests.fixtures import ClientOf

SOME_VALUE: dict[type[Any], Any] = {
    models.DateTimeField: datetime(2026, 3, 2, 12, tzinfo=UTC),
    models.PositiveIntegerField: 7,
    models.DecimalField: Decimal("12.50"),
    models.BooleanField: True,
    models.TextField: "Some text",
}
SPECIAL: dict[str, Any] = {"allowed_networks": ["192.0.2.0/24"], "closes_at": datetime(2026, 3, 3, 12, tzinfo=UTC)}


def fill(row: Any) -> None:
    """Give every field that is copied a value that is not its default."""
    for field in row._meta.concrete_fields:
        if field.name in OWN_FIELDS[type(row)] or field.is_relation:
            continue
        value = SPECIAL.get(field.name) or SOME_VALUE.get(type(field))
        if field.choices:
            value = [choice for choice, _ in field.choices if choice != field.get_default()][-1]
        if value is None and isinstance(field, models.CharField):
            value = "Some words"
        assert value is not None, f"say in this test what {field} may hold"
        assert value != field.get_default()
        setattr(row, field.name, value)


def copied_values(row: Any) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields if field.name not in OWN_FIELDS[type(row)]]
    return {name: getattr(row, name) for name in names}


@pytest.fixture
def full(school: Tenant, quiz: Assessment, instructor: User, colleague: User, learner: User) -> Assessment:
    """Return the quiz with every setting changed, three kinds of questions, a section, and what stays behind."""
    with tenant_context(school):
        category = create_category(name="Loops", by=instructor)
        add_question(assessment=quiz, question=ask(instructor, "private").question, by=instructor, points=Decimal(3))
        add_question(assessment=quiz, question=ask(instructor, "shared", is_shared=True).question, by=instructor)
        add_question(assessment=quiz, question=ask(colleague, "hers").question, by=None)
        filed: dict[str, Any] = {"tags": ["x"], "difficulty": "hard", "category": category}
        for number in range(3):
            ask(instructor, f"drawn {number}", **filed, hints=["Think."], worked_solution="Because.")
        add_section(
            assessment=quiz, by=instructor, draw_count=2, draw_tags=["x"], draw_difficulty="hard",
            draw_category=category, points=Decimal(2),
        )  # fmt: skip
        start_attempt(assessment=quiz, by=learner)
        create_accommodation(by=None, user=learner, assessment=quiz, extra_attempts=1)
        quiz.refresh_from_db()
        fill(quiz)
        quiz.save()
    return quiz


def texts_of(assessment: Assessment) -> list[str]:
    items = AssessmentItem.objects.filter(assessment=assessment, question__isnull=False).order_by("order")
    return [QuestionVersion.objects.get(question__assessment_items=item).question_text for item in items]


def test_every_setting_and_every_line_is_copied(school: Tenant, full: Assessment, instructor: User) -> None:
    with tenant_context(school):
        copy = copy_assessment(assessment=full, by=instructor)

        assert copied_values(copy) == copied_values(full)
        lines = [list(AssessmentItem.objects.filter(assessment=each).order_by("order")) for each in (full, copy)]
        assert len(lines[1]) == 4
        assert [copied_values(line) for line in lines[1]] == [copied_values(line) for line in lines[0]]
        assert texts_of(copy) == texts_of(full) == ["private", "shared", "hers"]
        assert (copy.title, copy.status, copy.created_by_id) == (f"{full.title} (copy)", "draft", instructor.id)
        assert (copy.question_count, copy.max_score) == (5, Decimal("27.00"))
        assert (copy.course_id, copy.results_posted_at) == (full.course_id, None)


def test_whatever_hangs_on_an_assessment_is_copied_or_left_behind_on_purpose() -> None:
    relations = Assessment._meta.related_objects
    own = [relation for relation in relations if relation.related_model._meta.app_label == "assessments"]
    children = {relation.get_accessor_name() for relation in own}

    assert children == {"items", *LEFT_BEHIND}


def test_what_its_author_may_use_is_referred_to_and_the_rest_copied(
    school: Tenant, full: Assessment, instructor: User, colleague: User
) -> None:
    with tenant_context(school):
        own = copy_assessment(assessment=full, by=instructor)
        before = Question.objects.count()
        others = copy_assessment(assessment=full, by=colleague, course=CourseFactory.create(instructors=[colleague]))

        asked = [
            list(AssessmentItem.objects.filter(assessment=each).order_by("order").values_list("question_id", flat=True))
            for each in (full, own, others)
        ]
        same = [[mine == theirs for mine, theirs in zip(asked[0], each, strict=True)] for each in asked[1:]]
        assert same == [[True, True, False, True], [False, True, True, True]]
        assert Question.objects.count() == before + 1 + 3  # the private one, and what only the section draws
        section = AssessmentItem.objects.get(assessment=others, question=None)
        assert len(drawn_from(section, others)) == 3


def test_a_copied_question_is_whole_and_stands_on_its_own(school: Tenant, full: Assessment, colleague: User) -> None:
    with tenant_context(school):
        copy = copy_assessment(assessment=full, by=colleague)
        item = AssessmentItem.objects.filter(assessment=copy).order_by("order")[0]
        drawn = Question.objects.filter(created_by_id=colleague.id, tags=["x"])[0]
        versions = [QuestionVersion.objects.get(question=drawn)]
        original = QuestionVersion.objects.exclude(question=drawn).get(question_text=versions[0].question_text)

        assert copied_values(versions[0]) == copied_values(original)
        assert copied_values(drawn) == copied_values(original.question)
        assert item.question is not None
        assert (item.question.created_by_id, item.question.is_shared) == (colleague.id, False)
        assert QuestionVersion.objects.get(question=item.question).is_used is False


def test_a_copy_goes_through_the_api_into_a_course_that_one_teaches(
    school: Tenant,
    full: Assessment,
    course: Course,
    instructor: User,
    colleague: User,
    principal: User,
    admin: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    address = f"/api/assessments/{full.id}/copy/"
    with tenant_context(school):
        target = CourseFactory.create(instructors=[instructor])
        foreign = CourseFactory.create(instructors=[colleague], status="published")
        before = Assessment.objects.count()

    refused = [as_user(person).post(address, {}).status_code for person in (colleague, principal, learner, stranger)]
    refused.append(as_user(instructor).post(address, {"course": str(foreign.id)}).status_code)
    refused.append(as_user(instructor).post(address, {"course": "nowhere"}).status_code)
    with tenant_context(school):
        assert Assessment.objects.count() == before
    here = as_user(instructor).post(address, {})
    there = as_user(instructor).post(address, {"course": target.slug, "title": "Autumn"})
    by_admin = as_user(admin).post(address, {"course": str(foreign.id)})

    assert refused == [404, 403, 403, 404, 403, 400]
    assert [answer.status_code for answer in (here, there, by_admin)] == [201, 201, 201]
    assert (there.json()["title"], there.json()["course"], there.json()["status"]) == (
        "Autumn",
        str(target.id),
        "draft",
    )
    assert here.json()["title"] == f"{full.title} (copy)"
    assert by_admin.json()["title"] == full.title
    assert here.json()["question_count"] == there.json()["question_count"] == 5


def test_a_copy_is_made_once_for_each_key(
    full: Assessment, instructor: User, school: Tenant, as_user: ClientOf
) -> None:
    address = f"/api/assessments/{full.id}/copy/"

    answers = [as_user(instructor).post(address, {}, headers={"Idempotency-Key": "k"}).json()["id"] for _ in range(2)]

    assert answers[0] == answers[1]
    with tenant_context(school):
        assert Assessment.objects.count() == 2


def test_a_private_question_that_two_lines_name_is_copied_once(
    school: Tenant, quiz: Assessment, instructor: User, colleague: User
) -> None:
    with tenant_context(school):
        add_question(assessment=quiz, question=ask(instructor, "fixed").question, by=instructor)
        ask(instructor, "drawn")
        ask(instructor, "drawn, too")
        for _ in range(2):
            add_section(assessment=quiz, by=instructor, draw_count=1)

        copy = copy_assessment(assessment=quiz, by=colleague)

        assert Question.objects.filter(created_by_id=colleague.id).count() == 3
        assert len(make_paper(copy, seed=1).slots) == 3
