"""A window of the gradebook: some learners, some items, and the total of each learner over all of the course.

Five statements, and a sixth where empty cells count zero, however many learners and items there are: the settings,
the categories, the items, the page of learners, their cells. No instances: rows become what is sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.core.errors import InvalidInput
from apps.core.tenancy.context import current_tenant_id
from apps.gradebook.calculation import Rules, Total, label_of, total_of
from apps.gradebook.models import GradeItem
from apps.gradebook.selectors.totals import (
    CELLS_OF_EACH,
    Scores,
    Settings,
    categories_of,
    leave_out_what_is_not_missing,
    made_rules,
    missing_in,
    settings_of,
)
from apps.users.models import Group

Row = dict[str, Any]

# The window function counts every match while the page is read.
_LEARNERS: Final = """
SELECT p.*, f.override_percentage, f.percentage, f.label, f.is_passed, f.frozen_at
FROM (
    SELECT count(*) OVER (), u.id, u.first_name, u.last_name, u.email, e.status
    FROM enrollments_enrollment e
    JOIN users_user u ON u.tenant_id = e.tenant_id AND u.id = e.user_id
    WHERE e.tenant_id = %(tenant)s AND e.course_id = %(course)s AND e.status = ANY(%(statuses)s)
        AND (%(q)s::text IS NULL OR u.email ILIKE %(q)s OR concat_ws(' ', u.first_name, u.last_name) ILIKE %(q)s)
        AND (%(group)s::uuid IS NULL OR EXISTS (
            SELECT 1 FROM users_groupmembership m
            WHERE m.tenant_id = e.tenant_id AND m.user_id = e.user_id AND m.group_id = %(group)s
        ))
    ORDER BY u.last_name, u.first_name, u.id
    LIMIT %(limit)s OFFSET %(offset)s
) p
LEFT JOIN gradebook_finalgrade f ON f.tenant_id = %(tenant)s AND f.course_id = %(course)s AND f.user_id = p.id
ORDER BY p.last_name, p.first_name, p.id
"""

_CELLS: Final = f"""
SELECT g.user_id, g.item_id, g.score, g.override, g.is_excused, nullif(g.late_penalty_percentage, 0), g.graded_at,
    g.feedback <> '', g.version
{CELLS_OF_EACH}
"""

_EMPTY: Final = (None, None, False, None, None, False, 0)
_NO_PENALTY: Final = Decimal("0.00")


class NoSuchFilter(InvalidInput):
    """A filter names something that the course or the school does not have."""

    code = "does_not_exist"
    default_detail = "There is no such object."


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is asked for. Pages begin with 1; `q` is a part of a name or address."""

    statuses: Collection[str]
    page: int
    page_size: int
    item_page: int
    item_page_size: int
    q: str | None = None
    group_id: UUID | None = None
    category_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A window: how many learners and items match in all, and the rows of those in it."""

    count: int
    item_count: int
    items: list[Row]
    results: list[Row]


def grid_of(course_id: UUID, window: Window, *, now: datetime) -> Grid:
    """Return a window of the gradebook of a course.

    Raises:
        NoSuchFilter: the group or the category is none of the school's or of the course's.
    """
    settings = settings_of(course_id)
    categories = categories_of(course_id)
    items = _items(course_id)
    shown = _narrowed(items, categories, window.category_id)
    start = (window.item_page - 1) * window.item_page_size
    columns = shown[start : start + window.item_page_size]
    learners = _learners(course_id, window)
    rules = made_rules(settings, items, categories, now=now)
    results = _results(learners, columns, rules, settings, now=now)
    return Grid(
        count=learners[0][0] if learners else 0, item_count=len(shown), items=[_column(row) for row in columns],
        results=results,
    )  # fmt: skip


def _items(course_id: UUID) -> list[Row]:
    names = (
        "id", "title", "category_id", "assessment_id", "max_points", "is_extra_credit", "is_counted", "is_hidden",
        "due_at", "version",
    )  # fmt: skip
    return list(GradeItem.objects.filter(course_id=course_id).order_by("order", "id").values(*names))


def _narrowed(items: Sequence[Row], categories: Sequence[Row], category_id: UUID | None) -> Sequence[Row]:
    if category_id is None:
        return items
    if not any(category["id"] == category_id for category in categories):
        raise NoSuchFilter(field="category")
    return [item for item in items if item["category_id"] == category_id]


def _column(row: Row) -> Row:
    rest = {name: value for name, value in row.items() if name not in {"category_id", "assessment_id"}}
    return {**rest, "category": row["category_id"], "assessment": row["assessment_id"]}


def _learners(course_id: UUID, window: Window) -> list[tuple[Any, ...]]:
    if window.group_id is not None and not Group.objects.filter(id=window.group_id).exists():
        raise NoSuchFilter(field="group")
    values: Row = {
        "tenant": current_tenant_id(), "course": course_id, "statuses": list(window.statuses),
        "q": _containing(window.q), "group": window.group_id, "limit": window.page_size,
        "offset": (window.page - 1) * window.page_size,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LEARNERS, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _containing(text: str | None) -> str | None:
    """Return the pattern of LIKE for what contains `text`, taken literally."""
    if not text:
        return None
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _results(
    learners: Sequence[tuple[Any, ...]],
    columns: Sequence[Row],
    rules: Rules,
    settings: Settings,
    *,
    now: datetime,
) -> list[Row]:
    found = {learner[1]: Scores({}, set()) for learner in learners}
    cells = _cells(found, rules)
    leave_out_what_is_not_missing(found, rules, now=now)
    in_window = [column["id"] for column in columns]
    results = []
    for learner in learners:
        total = total_of(rules, *found[learner[1]])
        missing = missing_in(rules, found[learner[1]])
        own = cells[learner[1]]
        row = [
            cell_row(own.get(item_id), is_dropped=item_id in total.dropped, is_missing=item_id in missing)
            for item_id in in_window
        ]
        results.append({**_learner(learner, settings), "cells": row, "total": total_row(total, settings)})
    return results


def _cells(found: Mapping[UUID, Scores], rules: Rules) -> dict[UUID, dict[UUID, Sequence[Any]]]:
    """Return the cells of the learners by item, and note in `found` what counts in them."""
    cells: dict[UUID, dict[UUID, Sequence[Any]]] = {user_id: {} for user_id in found}
    noted = {user_id: (cells[user_id], *found[user_id]) for user_id in found}
    # The ids of the rules themselves are found in dictionaries sooner than equal ones: they are the same objects.
    own_ids = {item.id: item.id for item in rules.items}
    values: Row = {"tenant": current_tenant_id(), "users": list(found), "items": list(own_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, values)
        for user_id, item_id, *cell in cursor.fetchall():
            own_id = own_ids[item_id]
            own, scores, excused = noted[user_id]
            own[own_id] = cell
            scores[own_id] = cell[0] if cell[1] is None else cell[1]
            if cell[2]:
                excused.add(own_id)
    return cells


def cell_row(cell: Sequence[Any] | None, *, is_dropped: bool, is_missing: bool) -> Row | None:
    """Return a cell as it is sent; None where there is nothing to say."""
    if cell is None and not is_missing:
        return None
    assessment_score, override, is_excused, penalty, graded_at, has_feedback, version = cell or _EMPTY
    score = assessment_score if override is None else override
    return {
        "score": None if is_excused else score,
        "assessment_score": assessment_score,
        "override": override,
        "is_excused": is_excused,
        "is_dropped": is_dropped,
        "is_missing": is_missing,
        "late_penalty_percentage": penalty or _NO_PENALTY,
        "graded_at": graded_at,
        "has_feedback": has_feedback,
        "version": version,
    }


def total_row(total: Total, settings: Settings) -> Row:
    """Return a total as it is sent, with its label on the scale of the course."""
    label, is_passed = label_of(settings.bands, total.percentage)
    return {
        "points": total.points,
        "max_points": total.max_points,
        "percentage": total.percentage,
        "label": label,
        "is_passed": is_passed,
    }


def _learner(row: tuple[Any, ...], settings: Settings) -> Row:
    _, user_id, first_name, last_name, email, status, override, percentage, label, is_passed, frozen_at = row
    # What a freeze has computed counts once the gradebook is frozen since that very moment; what people give, always.
    stands = frozen_at is not None and frozen_at == settings.frozen_at
    final = None
    if stands or override is not None:
        final = {
            "percentage": percentage if override is None else override,
            "is_overridden": override is not None,
            "label": label,
            "is_passed": is_passed,
            "frozen_at": frozen_at if stands else None,
        }
    return {
        "user": {"id": user_id, "name": f"{first_name} {last_name}".strip() or email, "email": email},
        "enrollment_status": status,
        "final": final,
    }
