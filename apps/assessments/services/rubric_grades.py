"""What a person says to an answer by its rubric, and the points that follow from it: exact, rounded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from apps.assessments.services.criteria import HUNDREDTH, Criterion, most_of
from apps.assessments.services.grading import points_for
from apps.core.errors import InvalidInput


class NoRubric(InvalidInput):
    """Nobody graded this question by a rubric when the learner began."""

    code = "no_rubric"
    default_field = "rubric"
    default_detail = "This question has no rubric on the paper of this attempt; give points."


class UnknownCriterion(InvalidInput):
    """The rubric has no such criterion."""

    code = "unknown_criterion"


class RubricIncomplete(InvalidInput):
    """Something is left out."""

    code = "rubric_incomplete"


class InvalidRubricGrade(InvalidInput):
    """A criterion is not judged in the way that it asks for."""

    code = "invalid_rubric_grade"


@dataclass(frozen=True, slots=True)
class Judged:
    """What is stored: `{"<criterion>": {"level", "points", "comment"}}`; and what the answer is worth by it."""

    rubric: dict[str, dict[str, Any]]
    points: Decimal


def judge(criteria: Sequence[Criterion] | None, given: Mapping[str, Mapping[str, Any]], most: Decimal) -> Judged:
    """Return what a grader says by the rubric, checked, and the points that follow.

    The points are those of all criteria together, as a share of what the rubric is worth, of `most`: never more than
    that, never below 0, and never less for a better level.

    Args:
        criteria: of the rubric on the paper; None: there is none.
        given: for each criterion `level`, its id; or, where the criterion has none, `points`; and a `comment`.
        most: what the question is worth on this paper.

    Raises:
        NoRubric, UnknownCriterion, RubricIncomplete, InvalidRubricGrade: `field` names the criterion.
    """
    if criteria is None:
        raise NoRubric
    by_id = {criterion["id"]: criterion for criterion in criteria}
    for key in given:
        if key not in by_id:
            detail = f"The rubric has no such criterion; it has {', '.join(by_id)}."
            raise UnknownCriterion(detail, field=f"rubric.{key[:64]}")
    for key, criterion in by_id.items():
        if key not in given:
            detail = f"Judge every criterion; {criterion['title']!r} is missing."
            raise RubricIncomplete(detail, field=f"rubric.{key}")
    judged = {key: _judge(criterion, given[key]) for key, criterion in by_id.items()}
    total = sum((Fraction(each["points"]) for each in judged.values()), start=Fraction(0))
    return Judged(judged, points_for(total / Fraction(most_of(criteria)), most))


def _judge(criterion: Criterion, said: Mapping[str, Any]) -> dict[str, Any]:
    level, points = said.get("level"), said.get("points")
    points = _of_level(criterion, level, points) if "levels" in criterion else _of_range(criterion, level, points)
    return {"level": level, "points": points, "comment": said.get("comment", "")}


def _of_level(criterion: Criterion, level: str | None, points: Decimal | None) -> str:
    path = f"rubric.{criterion['id']}"
    if points is not None:
        detail = "This criterion has levels; name one of them instead of points."
        raise InvalidRubricGrade(detail, field=f"{path}.points")
    levels = {each["id"]: str(each["points"]) for each in criterion["levels"]}
    if level not in levels:
        detail = f"Name one of the levels of this criterion: {', '.join(levels)}."
        raise InvalidRubricGrade(detail, field=f"{path}.level")
    return levels[level]


def _of_range(criterion: Criterion, level: str | None, points: Decimal | None) -> str:
    path = f"rubric.{criterion['id']}"
    if level is not None:
        detail = "This criterion has no levels; give points."
        raise InvalidRubricGrade(detail, field=f"{path}.level")
    if points is None or not 0 <= points <= Decimal(criterion["max_points"]):
        detail = f"Give points from 0 to {criterion['max_points']}."
        raise InvalidRubricGrade(detail, field=f"{path}.points")
    return str(points.quantize(HUNDREDTH))
