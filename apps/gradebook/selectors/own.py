"""A learner's own grades: what is shown of them, and totals over nothing else.

An item is not there for a learner while it is hidden or its assessment is a draft. The column of an assessment whose
score is not shown yet is empty, and counts nothing: whatever stands in it, the answer is the same, so that no total,
no dropped mark and no difference between two of them tells it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from apps.assessments.choices import AssessmentStatus
from apps.assessments.selectors.shown import is_shown
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.calculation import Total, total_of
from apps.gradebook.models import FinalGrade, Grade, GradeItem
from apps.gradebook.selectors.grid import total_row
from apps.gradebook.selectors.totals import (
    Scores,
    Settings,
    categories_of,
    leave_out_what_is_not_missing,
    made_rules,
    missing_in,
    settings_of,
)

Row = dict[str, Any]

_NO_PENALTY: Final = Decimal("0.00")
_ITEM = ("id", "title", "category_id", "assessment_id", "max_points", "is_extra_credit", "is_counted", "due_at")
_CLOCK = (
    "assessment__closes_at",
    "assessment__results_posted_at",
    "assessment__show_score",
    "assessment__show_feedback",
)
_GRADE = ("item_id", "score", "override", "is_excused", "late_penalty_percentage", "graded_at", "feedback")


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner in a course: in it, or no longer."""

    course_id: UUID
    user_id: UUID
    status: str


def own_grades(standing: Standing, *, now: datetime) -> Row:
    """Return what a learner may see of their grades in a course, as it is sent: six statements, or seven.

    Who has left the course keeps the grades that they had, and learns of no other items.
    """
    settings = settings_of(standing.course_id)
    categories = categories_of(standing.course_id)
    items = _items(standing.course_id)
    told = [item for item in items if _is_told(item, "show_score", now)]
    grades = _grades(standing.user_id, told)
    if standing.status not in OPEN_THE_CONTENT:
        items = told = [item for item in told if item["id"] in grades]
    rules = made_rules(settings, told, categories, now=now)
    cells = _cells(grades)
    leave_out_what_is_not_missing({standing.user_id: cells}, rules, now=now)
    total = total_of(rules, *cells)
    missing = missing_in(rules, cells)
    return {
        "course": standing.course_id,
        "items": [_item(item, grades.get(item["id"]), total, missing, now) for item in items],
        "categories": _categories(categories, items, total, settings),
        "total": total_row(total, settings) if settings.is_total_shown else None,
        "final": _final(standing, settings),
    }


def _items(course_id: UUID) -> list[Row]:
    """Return the items that a learner may know of, in order."""
    known = Q(assessment__isnull=True) | ~Q(assessment__status=AssessmentStatus.DRAFT)
    items = GradeItem.objects.filter(known, course_id=course_id, is_hidden=False).order_by("order", "id")
    return list(items.values(*_ITEM, *_CLOCK))


def _is_told(item: Row, part: str, now: datetime) -> bool:
    """Whether the learner may see this part of the results of an item; of what people grade, everything."""
    if item["assessment_id"] is None:
        return True
    return is_shown(
        item[f"assessment__{part}"],
        closes_at=item["assessment__closes_at"],
        results_posted_at=item["assessment__results_posted_at"],
        now=now,
    )


def _grades(user_id: UUID, items: Sequence[Row]) -> dict[UUID, Row]:
    rows = Grade.objects.filter(user_id=user_id, item_id__in=[item["id"] for item in items])
    return {row["item_id"]: row for row in rows.values(*_GRADE)}


def _cells(grades: Mapping[UUID, Row]) -> Scores:
    cells = Scores({}, set())
    for item_id, grade in grades.items():
        cells.scores[item_id] = grade["score"] if grade["override"] is None else grade["override"]
        if grade["is_excused"]:
            cells.excused.add(item_id)
    return cells


def _item(item: Row, grade: Row | None, total: Total, missing: set[UUID], now: datetime) -> Row:
    column = {name: item[name] for name in _ITEM if name not in {"category_id", "assessment_id"}}
    is_missing = item["id"] in missing
    shown = None
    if grade is not None or is_missing:
        shown = _cell(grade or {}, with_feedback=_is_told(item, "show_feedback", now))
        shown |= {"is_dropped": item["id"] in total.dropped, "is_missing": is_missing}
    return {**column, "category": item["category_id"], "assessment": item["assessment_id"], "grade": shown}


def _cell(grade: Mapping[str, Any], *, with_feedback: bool) -> Row:
    is_excused = grade.get("is_excused", False)
    score = grade.get("score") if grade.get("override") is None else grade["override"]
    return {
        "score": None if is_excused else score,
        "is_excused": is_excused,
        "late_penalty_percentage": grade.get("late_penalty_percentage", _NO_PENALTY),
        "graded_at": grade.get("graded_at"),
        "feedback": grade.get("feedback", "") if with_feedback else "",
    }


def _categories(categories: Sequence[Row], items: Sequence[Row], total: Total, settings: Settings) -> list[Row]:
    """Return the categories of which the learner sees an item; their percentages are totals, and shown with these."""
    used = {item["category_id"] for item in items}
    percentages = total.by_category if settings.is_total_shown else {}
    return [
        {**category, "percentage": percentages.get(category["id"])} for category in categories if category["id"] in used
    ]


def _final(standing: Standing, settings: Settings) -> Row | None:
    """Return the final grade once it stands: frozen at the very moment at which the gradebook was."""
    if settings.frozen_at is None:
        return None
    rows = FinalGrade.objects.filter(
        course_id=standing.course_id, user_id=standing.user_id, frozen_at=settings.frozen_at
    )
    names = ("override_percentage", "percentage", "points", "max_points", "label", "is_passed")
    found = rows.values_list(*names).first()
    if found is None:
        return None
    override, percentage, points, max_points, label, is_passed = found
    return {
        "percentage": percentage if override is None else override,
        "is_overridden": override is not None,
        "points": points,
        "max_points": max_points,
        "label": label,
        "is_passed": is_passed,
        "frozen_at": settings.frozen_at,
    }
