"""The lines of an assessment: fixed questions, and sections that are drawn from the bank."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Avg, F, Max

from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionVersion
from apps.assessments.services.authoring import lock_assessment, tell_saved
from apps.assessments.services.grading import HUNDREDTH
from apps.assessments.services.papers import BankTooSmall, drawn_from
from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor
from apps.courses.services.ordering import check_permutation, next_order

DRAWN: Final = frozenset({"draw_count", "draw_category", "draw_tags", "draw_difficulty"})


class QuestionTwice(Conflict):
    """The question stands on the assessment already."""

    code = "question_twice"
    default_detail = "This question is on the assessment already."


class QuestionArchived(Conflict):
    """The question is out of the bank."""

    code = "question_archived"
    default_detail = "This question is archived. Take it out of the archive first: PATCH is_archived to false."


class NotASection(InvalidInput):
    """A fixed question has nothing to draw."""

    code = "not_a_section"
    default_detail = "This line is a fixed question; only its points can be changed."


@transaction.atomic
def add_question(
    *, assessment: Assessment, question: Question, by: Actor | None, points: Decimal | None = None
) -> AssessmentItem:
    """Put a question of the bank on an assessment, behind what is there.

    Args:
        assessment: where.
        question: one that the actor may use: shared, their own, or any for who reads the whole bank.
        by: who does it.
        points: on this assessment; None: the question's own.

    Raises:
        QuestionTwice: it is there already.
        QuestionArchived: it is out of the bank.
        BankTooSmall: it would be missing in a random section.
    """
    if question.is_archived:
        raise QuestionArchived
    return _append(AssessmentItem(question=question, points=points), assessment, by)


@transaction.atomic
def add_section(
    *, assessment: Assessment, by: Actor | None, draw_count: int, points: Decimal | None = None, **drawn: Any
) -> AssessmentItem:
    """Let an assessment draw questions from the bank, others for each attempt.

    Args:
        assessment: where; behind what is there.
        by: who does it.
        draw_count: how many questions, at least one.
        points: for each of them; None: their own.
        drawn: from which: any of `draw_category`, `draw_tags` (all of them), `draw_difficulty`. Only shared questions
            and those of the assessment's author are drawn.

    Raises:
        BankTooSmall: the bank has not enough of them.
    """
    return _append(AssessmentItem(draw_count=draw_count, points=points, **drawn), assessment, by)


def _append(item: AssessmentItem, assessment: Assessment, by: Actor | None) -> AssessmentItem:
    del by
    assessment = lock_assessment(assessment.id)
    item.assessment = assessment
    item.order = next_order(AssessmentItem.objects.filter(assessment=assessment).aggregate(last=Max("order"))["last"])
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError as error:
        raise QuestionTwice from error
    require_enough(assessment)
    count_questions(assessment)
    return item


@transaction.atomic
def change_item(*, item: AssessmentItem, by: Actor | None, **changes: Any) -> AssessmentItem:
    """Change the points of a line, or what a section draws. Papers that exist stay as they are.

    Raises:
        NotASection: a fixed question draws nothing.
        BankTooSmall: the bank has not enough questions for the section.
    """
    del by
    assessment = lock_assessment(item.assessment_id)
    item = AssessmentItem.objects.select_for_update().get(id=item.id)
    if item.question_id and (wrong := sorted(DRAWN & changes.keys())):
        raise NotASection(field=wrong[0])
    for name, value in changes.items():
        setattr(item, name, value)
    item.version += 1
    item.save()
    require_enough(assessment)
    count_questions(assessment)
    return item


@transaction.atomic
def reorder_items(*, assessment: Assessment, ids: Sequence[UUID], by: Actor | None) -> None:
    """Put the lines of an assessment in this order: all of them, or nothing.

    Raises:
        InvalidOrder: the list is no permutation of what is there.
        BankTooSmall: a section would draw what one behind it needs.
    """
    del by
    assessment = lock_assessment(assessment.id)
    items = {item.id: item for item in AssessmentItem.objects.select_for_update().filter(assessment=assessment)}
    check_permutation(list(items), ids)
    for place, identifier in enumerate(ids):
        items[identifier].order = place
    AssessmentItem.objects.bulk_update(items.values(), ["order"])
    require_enough(assessment)
    count_questions(assessment)


@transaction.atomic
def remove_item(*, item: AssessmentItem, by: Actor | None) -> None:
    """Take a line off an assessment; the question stays in the bank, and on the papers that have it."""
    del by
    assessment = lock_assessment(item.assessment_id)
    item.delete()
    count_questions(assessment)


def require_enough(assessment: Assessment) -> None:
    """Require that every section finds its questions, whatever the ones before it have drawn.

    Raises:
        BankTooSmall: with how many there are (`available`) and how many are wanted (`draw_count`).
    """
    items = list(AssessmentItem.objects.filter(assessment_id=assessment.id).order_by("order", "id"))
    fixed = {item.question_id for item in items if item.question_id}
    before: list[tuple[set[UUID], int]] = []
    for item in items:
        if item.draw_count is None:
            continue
        pool = set(drawn_from(item, assessment)) - fixed
        gone = sum(min(count, len(pool & other)) for other, count in before)
        left = max(0, len(pool) - gone)
        if left < item.draw_count:
            detail = (
                f"The random section draws {item.draw_count} questions, and the bank has {left} for it that the "
                "assessment does not ask elsewhere. Draw fewer, or put more questions into the bank."
            )
            raise BankTooSmall(detail, field="draw_count", extra={"available": left, "draw_count": item.draw_count})
        before.append((pool, item.draw_count))


def _worth_of(section: AssessmentItem, assessment: Assessment) -> Decimal:
    """Return the points that a random section adds to a paper, or may be expected to add."""
    points = section.points
    if points is None:
        pool = QuestionVersion.objects.filter(
            question_id__in=drawn_from(section, assessment), number=F("question__version_number")
        )
        points = pool.aggregate(mean=Avg("points"))["mean"] or Decimal(0)
    return (points * (section.draw_count or 0)).quantize(HUNDREDTH, ROUND_HALF_UP)


def count_questions(assessment: Assessment) -> None:
    """Keep the counters of an assessment: questions on each paper, and what can be reached. Emits `AssessmentSaved`.

    A random section counts with its own points for each question; without them, with the mean of what the questions
    that it draws from are worth at the moment. What a paper is worth is known when it is drawn.
    """
    lines = AssessmentItem.objects.filter(
        assessment_id=assessment.id, question__versions__number=F("question__version_number")
    )
    fixed = list(lines.values_list("points", "question__versions__points"))
    drawn = list(AssessmentItem.objects.filter(assessment_id=assessment.id, question__isnull=True))
    total = sum((points if given is None else given for given, points in fixed), start=Decimal(0))
    total += sum((_worth_of(item, assessment) for item in drawn), start=Decimal(0))
    count = len(fixed) + sum(item.draw_count or 0 for item in drawn)
    Assessment.objects.filter(id=assessment.id).update(question_count=count, max_score=total, version=F("version") + 1)
    tell_saved(assessment)
