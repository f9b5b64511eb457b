"""Grading by the key: exact fractions, rounded once per question to hundredths of a point, half up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.utils import timezone

from apps.assessments.choices import AssessmentType, AttemptStatus, GradingMode, JournalKind
from apps.assessments.events import AttemptGraded
from apps.assessments.models import Attempt, AttemptAnswer, GradeChange, JournalEntry, QuestionVersion
from apps.assessments.question_types import question_type
from apps.assessments.selectors.sheets import Given, Key
from apps.assessments.services.journal import next_entry
from apps.assessments.services.terms import late_penalty
from apps.core.events import emit

AnyKey: TypeAlias = Key | QuestionVersion
HUNDREDTH: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Marked:
    """What one question of a paper is worth: None where a person has to say."""

    question_id: UUID
    points: Decimal | None
    is_answered: bool
    said: Sequence[str] | None = None  # by the key, to this answer; None: it was not asked


@lru_cache(maxsize=4096)
def points_for(fraction: Fraction, most: Decimal) -> Decimal:
    """Return `fraction` of `most` points in hundredths, half up (away from zero): never beyond ±`most`."""
    hundredths = abs(fraction) * Fraction(most) * 100
    rounded = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return Decimal(rounded if fraction > 0 else -rounded).scaleb(-2)


def mark(
    paper: Sequence[Mapping[str, Any]],
    keys: Mapping[str, AnyKey],
    answers: Mapping[str, Any],
    *,
    mode: str = GradingMode.HYBRID,
) -> list[Marked]:
    """Return what each slot of a paper is worth, in the order of the paper.

    Args:
        paper: the slots.
        keys: the versions that the paper names, by id.
        answers: what is stored, by question; a missing one is blank, and blank answers are worth 0 without a person.
        mode: `manual` leaves every answer to a person, `automatic` none: what has no key is worth 0.
    """
    marked = []
    for slot in paper:
        question, answer = UUID(slot["question"]), answers.get(slot["question"])
        if answer is None:
            marked.append(Marked(question, Decimal(0), is_answered=False))
        elif mode == GradingMode.MANUAL:
            marked.append(Marked(question, None, is_answered=True))
        else:
            points, said = _grade(slot, keys[slot["version"]], answer)
            if points is None and mode == GradingMode.AUTOMATIC:
                points = Decimal(0)
            marked.append(Marked(question, points, is_answered=True, said=said))
    return marked


def _grade(slot: Mapping[str, Any], key: AnyKey, answer: Any) -> tuple[Decimal | None, Sequence[str]]:
    """Return the points that the key gives, and what it says."""
    grade = question_type(key.question_type).grade(key.type_specific_data, answer)
    return (points_for(grade.fraction, Decimal(slot["points"])), grade.feedback) if grade else (None, ())


def grade_by_key(
    attempt: Attempt, keys: Mapping[str, Key], answers: Mapping[str, Given], *, now: datetime
) -> dict[str, Given]:
    """Grade an attempt that is being handed in as far as its key goes; return its answers as the key leaves them.

    It is graded when nothing is left for a person: no question without a key, and no mode that asks for one. The
    caller saves.
    """
    given = {question: answer.answer for question, answer in answers.items()}
    marked = mark(attempt.paper, keys, given, mode=attempt.assessment.grading_mode)
    attempt.status = AttemptStatus.SUBMITTED
    if all(each.points is not None for each in marked):
        settle(attempt, sum((each.points or Decimal(0) for each in marked), start=Decimal(0)), now=now)
    answered = {str(each.question_id): each for each in marked if each.is_answered}
    return {
        question: answer._replace(points=answered[question].points, said=answered[question].said)
        if question in answered
        else answer
        for question, answer in answers.items()
    }


def settle(attempt: Attempt, raw_score: Decimal, *, now: datetime, graded_by_id: UUID | None = None) -> None:
    """Give the attempt its score under the late policy, and what follows from it; the caller saves."""
    assessment = attempt.assessment
    submitted_at = attempt.submitted_at or now
    attempt.late_penalty_percentage = late_penalty(assessment, due_at=attempt.due_at, submitted_at=submitted_at)
    attempt.raw_score = raw_score
    kept = max(raw_score, Decimal(0)) * (_HUNDRED - attempt.late_penalty_percentage) / _HUNDRED
    attempt.score = (kept if raw_score > 0 else raw_score).quantize(HUNDREDTH, ROUND_HALF_UP)
    attempt.percentage = Decimal(0)
    if attempt.max_score:
        share = max(attempt.score, Decimal(0)) * _HUNDRED / attempt.max_score
        attempt.percentage = min(_HUNDRED, share.quantize(HUNDREDTH, ROUND_HALF_UP))
    is_survey = assessment.assessment_type == AssessmentType.SURVEY
    attempt.is_passed = is_survey or attempt.percentage >= assessment.pass_mark_percentage
    attempt.status = AttemptStatus.GRADED
    attempt.graded_at = now
    attempt.graded_by_id = graded_by_id


def graded_entry(attempt: Attempt, *, by: UUID | None, now: datetime, **facts: Any) -> JournalEntry:
    """Return the journal's entry about a grade, chained to the last one; the caller saves it and the attempt.

    Args:
        attempt: with the grade that it now has.
        by: who graded; None: the key.
        now: the moment.
        facts: what else it says.
    """
    content = {"raw_score": attempt.raw_score, "score": attempt.score, "by": by, **facts}
    return next_entry(attempt, JournalKind.GRADED, content, now=now)


def total_of(paper: Sequence[Mapping[str, Any]], rows: Mapping[str, AttemptAnswer]) -> Decimal | None:
    """Return the points of a whole paper; None while an answer waits for its grade. Blank answers count 0."""
    answers = [rows[slot["question"]] for slot in paper if slot["question"] in rows]
    if any(row.points is None and row.answer is not None for row in answers):
        return None
    return sum((row.points or Decimal(0) for row in answers), start=Decimal(0))


def announce(attempt: Attempt, *, from_points: Decimal | None, actor_id: UUID | None, reason: str) -> None:
    """Note the grade in its history and tell whoever cares."""
    GradeChange.objects.create(
        attempt_id=attempt.id, from_points=from_points, to_points=attempt.score, actor_id=actor_id, reason=reason,
        occurred_at=attempt.graded_at or timezone.now(),
    )  # fmt: skip
    tell(attempt)


def tell(attempt: Attempt) -> None:
    """Tell whoever cares that the attempt has a grade."""
    emit(graded_event(attempt))


def graded_event(attempt: Attempt) -> AttemptGraded:
    """Return what is told about the grade that the attempt has."""
    return AttemptGraded(
        attempt_id=attempt.id,
        assessment_id=attempt.assessment_id,
        course_id=attempt.assessment.course_id,
        user_id=attempt.user_id,
        score=attempt.score or Decimal(0),
        max_score=attempt.max_score,
        is_passed=bool(attempt.is_passed),
    )
