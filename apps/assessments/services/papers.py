"""The paper of an attempt: which questions, in which order, and what the learner sees of them.

Everything that is left to chance follows from the attempt's seed, so that the same paper can be made again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionVersion
from apps.assessments.question_types import question_type
from apps.assessments.services.rubrics import name_rubrics
from apps.assessments.services.statements import MARK_AS_USED
from apps.core.errors import Conflict
from apps.core.tenancy.context import current_tenant_id


class BankTooSmall(Conflict):
    """Fewer questions fit a random section than it draws."""

    code = "bank_too_small"
    default_detail = (
        "A random section of the assessment draws more questions than the bank has for it. Tell its instructor."
    )


class EmptyAssessment(Conflict):
    """There is nothing to answer."""

    code = "assessment_empty"
    default_detail = "The assessment has no questions yet."


class Slot(TypedDict):
    """One question on a paper, as the learner sees it. `points` is a decimal as text.

    `rubric` is the version by which people grade it, `shows_rubric` whether the learner sees that from the start.
    """

    question: str
    version: str
    question_type: str
    question_text: str
    points: str
    type_specific_data: dict[str, Any]
    rubric: NotRequired[str]
    shows_rubric: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, and what can be reached on it."""

    slots: list[Slot]
    max_score: Decimal
    version_ids: list[UUID]


def make_paper(assessment: Assessment, *, seed: int, freeze: bool = False) -> Paper:
    """Return the paper that follows from the assessment, its bank and the seed.

    Args:
        assessment: whose lines are drawn.
        seed: what chance follows from.
        freeze: from now on, nobody changes the versions on the paper; in the transaction that stores it.

    Raises:
        EmptyAssessment, BankTooSmall: no paper can be made.
    """
    dice = Random(seed)  # noqa: S311  reproducible on purpose; the seed itself is the operating system's
    items = list(AssessmentItem.objects.filter(assessment_id=assessment.id).order_by("order", "id"))
    chosen = _choose(assessment, items, dice)
    if not chosen:
        raise EmptyAssessment
    question_ids = [question_id for question_id, _ in chosen]
    versions = _current_versions(question_ids)
    if freeze and _mark_as_used(versions.values()):
        versions = _current_versions(question_ids)
    if assessment.shuffle_questions:
        dice.shuffle(chosen)
    shuffles = dice if assessment.shuffle_options else None
    slots = [_slot(versions[question_id], points, shuffles) for question_id, points in chosen]
    name_rubrics(slots, versions)
    return Paper(
        slots=slots,
        max_score=sum((Decimal(slot["points"]) for slot in slots), start=Decimal(0)),
        version_ids=[versions[question_id].id for question_id, _ in chosen],
    )


def _choose(assessment: Assessment, items: Sequence[AssessmentItem], dice: Random) -> list[tuple[UUID, Decimal | None]]:
    """Return question and points of each slot in order; no question stands on a paper twice."""
    fixed = {item.question_id for item in items if item.question_id}
    chosen: list[tuple[UUID, Decimal | None]] = []
    taken: set[UUID] = set(fixed)
    for item in items:
        if item.question_id:
            chosen.append((item.question_id, item.points))
            continue
        pool = [question_id for question_id in drawn_from(item, assessment) if question_id not in taken]
        if len(pool) < (item.draw_count or 0):
            raise BankTooSmall
        drawn = dice.sample(pool, item.draw_count or 0)
        taken.update(drawn)
        chosen += [(question_id, item.points) for question_id in drawn]
    return chosen


def drawn_from(item: AssessmentItem, assessment: Assessment) -> list[UUID]:
    """Return the questions that a random section draws from, in a fixed order: shared ones and its author's own."""
    wanted = Q(is_archived=False) & (Q(is_shared=True) | Q(created_by_id=assessment.created_by_id))
    if item.draw_category_id:
        wanted &= Q(category_id=item.draw_category_id)
    if item.draw_tags:
        wanted &= Q(tags__contains=item.draw_tags)
    if item.draw_difficulty:
        wanted &= Q(difficulty=item.draw_difficulty)
    return list(Question.objects.filter(wanted).order_by("id").values_list("id", flat=True))


def _current_versions(question_ids: Sequence[UUID]) -> dict[UUID, QuestionVersion]:
    versions = QuestionVersion.objects.filter(question_id__in=question_ids, number=F("question__version_number"))
    return {version.question_id: version for version in versions}


def _mark_as_used(versions: Iterable[QuestionVersion]) -> bool:
    """Mark versions that stand on a paper for the first time; return whether there are any, to be read again.

    Whoever is changing one right now is waited for, and nobody changes it afterwards.
    """
    fresh = [version.id for version in versions if not version.is_used]
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute(MARK_AS_USED, {"tenant": current_tenant_id(), "ids": fresh})
    return bool(fresh)


def _slot(version: QuestionVersion, points: Decimal | None, dice: Random | None) -> Slot:
    kind = question_type(version.question_type)
    return Slot(
        question=str(version.question_id),
        version=str(version.id),
        question_type=version.question_type,
        question_text=version.question_text,
        points=str(version.points if points is None else points),
        type_specific_data=kind.learner_view(version.type_specific_data, dice),
    )
