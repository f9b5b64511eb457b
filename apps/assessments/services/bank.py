"""The question bank: questions in versions, filed under categories, tags and difficulty."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionCategory, QuestionVersion
from apps.assessments.question_types import question_type
from apps.assessments.services.lines import add_question, count_questions
from apps.assessments.services.rubrics import GRADED_BY_PEOPLE, NotForType, require_rubric
from apps.core.errors import Conflict
from apps.core.policies import Actor, actor_id_of

ASKED: Final = frozenset(
    {
        "question_type", "question_text", "points", "type_specific_data", "feedback", "worked_solution", "hints",
        "rubric", "shows_rubric",
    }
)  # fmt: skip
FILED: Final = frozenset({"category", "tags", "difficulty", "is_shared", "is_archived"})


class CategoryTwice(Conflict):
    """There is a category of this name."""

    code = "category_exists"
    default_detail = "The bank has a category of this name already; names differ in more than upper and lower case."
    default_field = "name"


class CategoryInUse(Conflict):
    """Questions or random sections name the category."""

    code = "category_in_use"
    default_detail = "Questions or random sections of assessments name this category. File them elsewhere first."


@transaction.atomic
def create_question(*, by: Actor | None, **fields: Any) -> QuestionVersion:
    """Put a question into the bank; return its first version, with the question.

    Args:
        by: its author.
        fields: what it asks (any of `ASKED`; `type_specific_data` is checked by the module of the type), and where
            it is filed (any of `FILED`).

    Raises:
        InvalidQuestion: the data do not fit the type; `field` names the entry.
        NotForType, RubricArchived, RubricGone: the rubric cannot be that of the question.
    """
    filed, asked = _sorted(fields)
    asked = _checked(asked)
    if asked.get("rubric") is not None:
        require_rubric(asked["rubric"])
    question = Question(created_by_id=actor_id_of(by), **filed)
    question.save(force_insert=True)
    return QuestionVersion.objects.create(question=question, number=1, created_by_id=actor_id_of(by), **asked)


@transaction.atomic
def change_question(*, question: Question, by: Actor | None, **fields: Any) -> QuestionVersion:
    """Change a question; return its current version, with the question.

    Where it is filed (`FILED`) is changed in place. What it asks (`ASKED`) too, while it stands on no paper;
    afterwards it becomes a new version, and those papers keep the one that they have.

    Raises:
        InvalidQuestion: the data do not fit the type; nothing was changed.
        NotForType, RubricArchived, RubricGone: the rubric cannot be that of the question.
    """
    filed, asked = _sorted(fields)
    question = Question.objects.select_for_update().get(id=question.id)
    current = QuestionVersion.objects.select_for_update().get(question=question, number=question.version_number)
    for name, value in filed.items():
        setattr(question, name, value)
    wanted = _checked({name: getattr(current, name) for name in ASKED} | asked)
    changed = {name for name in ASKED if wanted[name] != getattr(current, name)}
    if "rubric" in changed and wanted["rubric"] is not None:
        require_rubric(wanted["rubric"])
    if changed:
        current = _ask(question, current, wanted, by)
    question.version += 1
    question.save()
    current.question = question
    if "points" in changed:
        for item in AssessmentItem.objects.filter(question=question, points__isnull=True).select_related("assessment"):
            count_questions(item.assessment)
    return current


def _ask(question: Question, current: QuestionVersion, asked: Mapping[str, Any], by: Actor | None) -> QuestionVersion:
    """Write what is asked: into the current version while it stands on no paper, else into a new one."""
    if current.is_used:
        question.version_number += 1
        current = QuestionVersion(question=question, number=question.version_number, created_by_id=actor_id_of(by))
    for name, value in asked.items():
        setattr(current, name, value)
    current.save()
    return current


def _sorted(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what says where a question is filed, and what it asks."""
    filed = {name: value for name, value in fields.items() if name in FILED}
    return filed, {name: value for name, value in fields.items() if name not in FILED}


def _checked(asked: Mapping[str, Any]) -> dict[str, Any]:
    kind = question_type(asked["question_type"])
    if asked.get("rubric") is not None and kind.name not in GRADED_BY_PEOPLE:
        raise NotForType
    return {**asked, "type_specific_data": kind.clean(asked.get("type_specific_data", {}))}


@transaction.atomic
def create_category(*, name: str, by: Actor | None) -> QuestionCategory:
    """Add a category to the bank.

    Raises:
        CategoryTwice: there is one of this name.
    """
    category = QuestionCategory(name=name, created_by_id=actor_id_of(by))
    _save(category)
    return category


@transaction.atomic
def change_category(*, category: QuestionCategory, by: Actor | None, name: str) -> QuestionCategory:
    """Give a category another name.

    Raises:
        CategoryTwice: there is one of this name.
    """
    del by
    category = QuestionCategory.objects.select_for_update().get(id=category.id)
    category.name = name
    category.version += 1
    _save(category)
    return category


@transaction.atomic
def delete_category(*, category: QuestionCategory, by: Actor | None) -> None:
    """Delete a category that nothing names.

    Raises:
        CategoryInUse: questions or random sections do.
    """
    del by
    try:
        category.delete()
    except ProtectedError as error:
        raise CategoryInUse from error


def _save(category: QuestionCategory) -> None:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        raise CategoryTwice from error


@transaction.atomic
def put_new_question(*, assessment: Assessment, by: Actor | None, **fields: Any) -> QuestionVersion:
    """Put a new question into the bank and on an assessment (see `create_question` and `add_question`)."""
    version = create_question(by=by, **fields)
    add_question(assessment=assessment, question=version.question, by=by)
    return version
