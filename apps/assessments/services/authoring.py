"""Making assessments and the questions on them."""

import ipaddress
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from apps.assessments.models import Assessment, AssessmentItem, Attempt, Question, QuestionVersion
from apps.assessments.question_types import question_type
from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor, actor_id_of
from apps.courses.models import Course

CHANGEABLE: Final = frozenset(
    {
        "title", "description", "assessment_type", "status", "grading_mode", "opens_at", "due_at", "closes_at",
        "time_limit_minutes", "max_attempts", "cooldown_minutes", "counted_attempt", "pass_mark_percentage",
        "shuffle_questions", "shuffle_options", "show_score", "show_answers", "show_feedback",
        "late_penalty_percentage", "late_penalty_per", "late_floor_percentage", "late_grace_minutes", "access_code",
        "allowed_networks",
    }
)  # fmt: skip
ASKED: Final = frozenset(
    {"question_type", "question_text", "points", "type_specific_data", "feedback", "worked_solution", "hints"}
)


class InvalidNetwork(InvalidInput):
    """An entry is no network."""

    code = "invalid_network"
    default_field = "allowed_networks"


class InvalidDates(InvalidInput):
    """The assessment would close before it opens."""

    code = "invalid_dates"
    default_field = "closes_at"
    default_detail = "The assessment must close after it opens."


class QuestionTwice(Conflict):
    """The question stands on the assessment already."""

    code = "question_twice"
    default_detail = "This question is on the assessment already."


class AssessmentTaken(Conflict):
    """People have taken the assessment, so it stays."""

    code = "assessment_taken"
    default_detail = "There are attempts at this assessment. Archive it instead: PATCH its status to archived."


@transaction.atomic
def create_assessment(*, course: Course, by: Actor | None, title: str, **fields: Any) -> Assessment:
    """Create an assessment of `course`.

    Args:
        course: whose learners take it.
        by: its author.
        title: what people call it.
        fields: any of `CHANGEABLE`.

    Raises:
        InvalidNetwork, InvalidDates: nothing was created.
    """
    assessment = Assessment(course=course, created_by_id=actor_id_of(by), title=title, **fields)
    _check(assessment)
    assessment.save(force_insert=True)
    return assessment


@transaction.atomic
def change_assessment(*, assessment: Assessment, by: Actor | None, **changes: Any) -> Assessment:
    """Change fields of an assessment (any of `CHANGEABLE`). Attempts under way keep paper and deadline."""
    del by
    assessment = lock_assessment(assessment.id)
    for name, value in changes.items():
        setattr(assessment, name, value)
    _check(assessment)
    assessment.version += 1
    assessment.save()
    return assessment


@transaction.atomic
def delete_assessment(*, assessment: Assessment, by: Actor | None) -> None:
    """Delete an assessment that nobody has taken; its questions stay in the bank.

    Raises:
        AssessmentTaken: there are attempts.
    """
    del by
    assessment = lock_assessment(assessment.id)
    if Attempt.objects.filter(assessment_id=assessment.id).exists():
        raise AssessmentTaken
    assessment.delete()


def lock_assessment(assessment_id: UUID) -> Assessment:
    """Return the assessment, locked against other changes of it."""
    return Assessment.objects.select_for_update().get(id=assessment_id)


def _check(assessment: Assessment) -> None:
    for network in assessment.allowed_networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            message = f"{network[:50]!r} is no network; write 192.0.2.0/24 or 2001:db8::/32."
            raise InvalidNetwork(message) from error
    opens, closes = assessment.opens_at, assessment.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise InvalidDates


@transaction.atomic
def create_question(
    *,
    by: Actor | None,
    tags: list[str] | None = None,
    difficulty: str | None = None,
    is_shared: bool = False,
    **asked: Any,
) -> QuestionVersion:
    """Put a question into the bank; return its first version, with the question.

    Args:
        by: its author.
        tags: under what the bank files it.
        difficulty: how hard its author thinks it is.
        is_shared: whether other authors of the school may use it.
        asked: any of `ASKED`; `type_specific_data` is checked by the module of the type.

    Raises:
        InvalidQuestion: the data do not fit the type; `field` names the entry.
    """
    asked = _checked(asked)
    question = Question(tags=tags or [], is_shared=is_shared, created_by_id=actor_id_of(by))
    if difficulty:
        question.difficulty = difficulty
    question.save(force_insert=True)
    return QuestionVersion.objects.create(question=question, number=1, created_by_id=actor_id_of(by), **asked)


@transaction.atomic
def change_question(*, question: Question, by: Actor | None, **asked: Any) -> QuestionVersion:
    """Change what a question asks: in place while it stands on no paper, as a new version afterwards.

    Raises:
        InvalidQuestion: the data do not fit the type.
    """
    question = Question.objects.select_for_update().get(id=question.id)
    current = QuestionVersion.objects.select_for_update().get(question=question, number=question.version_number)
    values = {name: getattr(current, name) for name in ASKED} | asked
    checked = _checked(values)
    question.version += 1
    if current.is_used:
        question.version_number += 1
        current = QuestionVersion(question=question, number=question.version_number, created_by_id=actor_id_of(by))
    for name, value in checked.items():
        setattr(current, name, value)
    current.save()
    current.question = question
    question.save()
    for item in AssessmentItem.objects.filter(question=question, points__isnull=True).select_related("assessment"):
        count_questions(item.assessment)
    return current


def _checked(asked: Mapping[str, Any]) -> dict[str, Any]:
    kind = question_type(asked["question_type"])
    return {**asked, "type_specific_data": kind.clean(asked.get("type_specific_data", {}))}


@transaction.atomic
def add_question(
    *, assessment: Assessment, question: Question, by: Actor | None, points: Decimal | None = None
) -> AssessmentItem:
    """Put a question of the bank on an assessment, behind those that are there.

    Raises:
        QuestionTwice: it is there already.
    """
    del by
    assessment = lock_assessment(assessment.id)
    last = AssessmentItem.objects.filter(assessment=assessment).aggregate(last=Max("order"))["last"]
    item = AssessmentItem(
        assessment=assessment, question=question, points=points, order=0 if last is None else last + 1
    )
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError as error:
        raise QuestionTwice from error
    count_questions(assessment)
    return item


@transaction.atomic
def put_new_question(*, assessment: Assessment, by: Actor | None, **fields: Any) -> QuestionVersion:
    """Put a new question into the bank and on an assessment (see `create_question` and `add_question`)."""
    version = create_question(by=by, **fields)
    add_question(assessment=assessment, question=version.question, by=by)
    return version


@transaction.atomic
def remove_item(*, item: AssessmentItem, by: Actor | None) -> None:
    """Take a line off an assessment; the question stays in the bank, and on the papers that have it."""
    del by
    assessment = lock_assessment(item.assessment_id)
    item.delete()
    count_questions(assessment)


def count_questions(assessment: Assessment) -> None:
    """Keep the counters of an assessment: questions on each paper, and what can be reached.

    A random section counts with its own points for each question; without them, its share is known when it is drawn.
    """
    lines = AssessmentItem.objects.filter(
        assessment_id=assessment.id, question__versions__number=F("question__version_number")
    )
    fixed = list(lines.values_list("points", "question__versions__points"))
    drawn = AssessmentItem.objects.filter(assessment_id=assessment.id, question__isnull=True)
    total = sum((points if given is None else given for given, points in fixed), start=Decimal(0))
    total += sum(((item.points or Decimal(0)) * (item.draw_count or 0) for item in drawn), start=Decimal(0))
    count = len(fixed) + sum(item.draw_count or 0 for item in drawn)
    Assessment.objects.filter(id=assessment.id).update(question_count=count, max_score=total, version=F("version") + 1)
