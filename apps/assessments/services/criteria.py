"""The criteria of a rubric: what authors send is checked here, entry by entry."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from apps.assessments.question_types.forms import Form
from apps.core.errors import InvalidInput

Criterion: TypeAlias = dict[str, Any]
HUNDREDTH: Final = Decimal("0.01")
MOST_CRITERIA: Final = 50
MOST_LEVELS: Final = 20
MOST_POINTS: Final = Decimal("999999.99")
_LONGEST_TITLE: Final = 200
_LONGEST_TEXT: Final = 2_000
_ID: Final = re.compile(r"\A[a-z0-9][a-z0-9_-]{0,63}\Z")
_OF_A_CRITERION: Final = ("id", "title", "description", "note", "levels", "max_points")
_OF_A_LEVEL: Final = ("id", "title", "description", "points")


class InvalidRubric(InvalidInput):
    """The criteria are not what a rubric is made of; `field` is the entry's path."""

    code = "invalid_rubric"
    default_field = "criteria"


def clean_criteria(value: Any) -> list[Criterion]:
    """Return the checked criteria, points as decimals with two places, as text.

    Args:
        value: a list of 1 to `MOST_CRITERIA` objects, each with an `id` of its own and a `title`; and either with
            2 to `MOST_LEVELS` `levels`, or with `max_points`, up to which a grader is free.

    Raises:
        InvalidRubric: with the path of the entry, such as `criteria.1.levels.0.points`.
    """
    form = Form({"criteria": value}, InvalidRubric, known=("criteria",))
    entries = form.objects("criteria", least=1, most=MOST_CRITERIA, known=_OF_A_CRITERION)
    criteria = [_criterion(entry) for entry in entries]
    _require_own_ids(entries, criteria)
    if not most_of(criteria):
        form.refuse("A rubric must be worth something: give points to one of its criteria.", "criteria")
    return criteria


def _criterion(form: Form) -> Criterion:
    criterion = {
        "id": _identifier(form),
        "title": form.text("title", most=_LONGEST_TITLE, required=True),
        "description": form.text("description", most=_LONGEST_TEXT),
        "note": form.text("note", most=_LONGEST_TEXT),
    }
    if form.entries.get("levels") is None:
        if form.entries.get("max_points") is None:
            form.refuse(f"Give 2 to {MOST_LEVELS} levels, or max_points, up to which graders are free.", "levels")
        return {**criterion, "max_points": _points(form, "max_points")}
    if form.entries.get("max_points") is not None:
        form.refuse("A criterion has levels or max_points, not both.", "max_points")
    entries = form.objects("levels", least=2, most=MOST_LEVELS, known=_OF_A_LEVEL)
    levels = [_level(entry) for entry in entries]
    _require_own_ids(entries, levels)
    return {**criterion, "levels": levels}


def _level(form: Form) -> dict[str, Any]:
    return {
        "id": _identifier(form),
        "title": form.text("title", most=_LONGEST_TITLE, required=True),
        "description": form.text("description", most=_LONGEST_TEXT),
        "points": _points(form, "points"),
    }


def _identifier(form: Form) -> str:
    value = form.entries.get("id")
    if not isinstance(value, str) or not _ID.match(value):
        form.refuse("Enter an id of lower-case letters, digits, _ and - (at most 64).", "id")
    return value


def _points(form: Form, key: str) -> str:
    points = form.exact(key)
    if not 0 <= points <= MOST_POINTS or points != points.quantize(HUNDREDTH):
        form.refuse(f"Enter points from 0 to {MOST_POINTS}, with two places at most.", key)
    return str(abs(points).quantize(HUNDREDTH))


def _require_own_ids(forms: Sequence[Form], rows: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for form, row in zip(forms, rows, strict=True):
        if row["id"] in seen:
            form.refuse(f"The id {row['id']!r} comes twice.", "id")
        seen.add(row["id"])


def most_of(criteria: Sequence[Criterion]) -> Decimal:
    """Return what can be reached by all criteria together."""
    return sum((most_of_criterion(criterion) for criterion in criteria), start=Decimal(0))


def most_of_criterion(criterion: Criterion) -> Decimal:
    """Return what can be reached by one criterion: its best level, or the end of its range."""
    if "levels" in criterion:
        return max(Decimal(level["points"]) for level in criterion["levels"])
    return Decimal(criterion["max_points"])
