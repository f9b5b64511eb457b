"""Which of a learner's attempts counts in the gradebook, and what it is worth there: exact, rounded half up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from apps.assessments.choices import CountedAttempt


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """A graded attempt, as far as the gradebook is concerned."""

    id: UUID
    number: int
    score: Decimal
    max_score: Decimal
    late_penalty_percentage: Decimal
    graded_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What an item says of a learner. `attempt_id` None: it is the mean of all attempts."""

    score: Decimal
    attempt_id: UUID | None
    late_penalty_percentage: Decimal
    graded_at: datetime


def scaled(score: Decimal, *, of: Decimal, to: Decimal) -> Decimal:
    """Return `score` of `of` points as points of `to`, in hundredths; of nothing it is nothing."""
    return _hundredths(Fraction(score) * Fraction(to) / Fraction(of)) if of else Decimal("0.00")


def counted(attempts: Sequence[GradedAttempt], *, rule: str, max_points: Decimal) -> Counted:
    """Return what counts of a learner's graded attempts, of which there is at least one.

    Args:
        attempts: in any order; their numbers differ.
        rule: one of `CountedAttempt`. Of equally good attempts the earliest counts.
        max_points: what the item is worth.
    """
    in_order = sorted(attempts, key=lambda attempt: attempt.number)
    worth = [scaled(attempt.score, of=attempt.max_score, to=max_points) for attempt in in_order]
    if rule == CountedAttempt.AVERAGE:
        mean = _hundredths(Fraction(sum(worth)) / len(worth))
        return Counted(mean, None, Decimal(0), max(attempt.graded_at for attempt in in_order))
    place = 0
    if rule == CountedAttempt.LATEST:
        place = len(in_order) - 1
    elif rule == CountedAttempt.HIGHEST:
        place = worth.index(max(worth))
    chosen = in_order[place]
    return Counted(worth[place], chosen.id, chosen.late_penalty_percentage, chosen.graded_at)


def _hundredths(number: Fraction) -> Decimal:
    """Round to hundredths, half up (away from zero)."""
    parts = abs(number) * 100
    rounded = (2 * parts.numerator + parts.denominator) // (2 * parts.denominator)
    return Decimal(rounded if number > 0 else -rounded).scaleb(-2)
