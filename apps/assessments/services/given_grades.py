"""What a person says to one answer, and what they may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.core.errors import InvalidInput


class PointsOutOfRange(InvalidInput):
    """More than the question is worth, or less than it may take away."""

    code = "points_out_of_range"
    default_field = "points"


class ReasonMissing(InvalidInput):
    """Points that are there, or that follow from the rubric, are changed without a word."""

    code = "reason_required"
    default_field = "reason"
    default_detail = "The answer has points already; say why you change them."


class NothingGiven(InvalidInput):
    """Neither points nor a rubric nor feedback."""

    code = "nothing_given"
    default_field = "points"
    default_detail = "Give points, the rubric, feedback, or several of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGrade:
    """What a person says to one answer. `points` None: those of the rubric, else they stay; `feedback` None: it stays.

    `rubric`: for each criterion `level` or `points`, and a `comment`; None: nothing is said by it.
    """

    question_id: UUID
    points: Decimal | None = None
    rubric: Mapping[str, Mapping[str, Any]] | None = None
    feedback: str | None = None
    reason: str = ""


def require_something(given: GivenGrade) -> None:
    """Refuse a grade that says nothing.

    Raises:
        NothingGiven: it does not.
    """
    if given.points is None and given.feedback is None and given.rubric is None:
        raise NothingGiven


def require_points(
    given: GivenGrade, points: Decimal, *, before: Decimal | None, least: Decimal, most: Decimal
) -> None:
    """Require that a person may give these points.

    Args:
        given: with the reason.
        points: that they give, or that follow from the rubric.
        before: what the answer was worth; None: nobody has said yet.
        least: that the question may bring.
        most: that it is worth.

    Raises:
        PointsOutOfRange: they are beyond that.
        ReasonMissing: there are points already, or others follow from the rubric, and nobody says why.
    """
    if not least <= points <= most:
        message = f"Enter points from {least} to {most}; these are {points}."
        raise PointsOutOfRange(message)
    if given.reason.strip():
        return
    if given.points is not None and given.rubric is not None:
        message = "The points follow from the rubric; leave them out, or say why you give others."
        raise ReasonMissing(message)
    if before is not None and points != before:
        raise ReasonMissing
