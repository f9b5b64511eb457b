"""What totals are computed from: how a course counts, and what stands in its cells."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core.tenancy.context import current_tenant_id
from apps.gradebook.calculation import CategoryRule, ItemRule, Rules
from apps.gradebook.choices import Calculation, MissingWork
from apps.gradebook.models import Gradebook, GradeCategory, GradeItem

# Learner by learner: asked for all at once, PostgreSQL expects so many rows that it reads the whole table.
CELLS_OF_EACH: Final = """
FROM unnest(%(users)s::uuid[]) AS u(id)
CROSS JOIN LATERAL (
    SELECT * FROM gradebook_grade
    WHERE tenant_id = %(tenant)s AND user_id = u.id AND item_id = ANY(%(items)s::uuid[])
    OFFSET 0
) g
"""
_SCORES: Final = f"SELECT g.user_id, g.item_id, coalesce(g.override, g.score), g.is_excused {CELLS_OF_EACH}"

# Who has handed in waits for a grade, and who was granted more time is not late: their empty cells count nothing.
NOT_MISSING: Final = """
SELECT a.user_id, i.id
FROM gradebook_gradeitem i
JOIN assessments_attempt a ON a.tenant_id = i.tenant_id AND a.assessment_id = i.assessment_id
WHERE i.tenant_id = %(tenant)s AND i.id = ANY(%(items)s) AND a.user_id = ANY(%(users)s) AND a.status = 'submitted'
UNION
SELECT coalesce(c.user_id, m.user_id), i.id
FROM gradebook_gradeitem i
JOIN assessments_accommodation c
    ON c.tenant_id = i.tenant_id AND coalesce(c.assessment_id, i.assessment_id) = i.assessment_id AND c.due_at > %(now)s
LEFT JOIN users_groupmembership m ON m.tenant_id = c.tenant_id AND m.group_id = c.group_id
WHERE i.tenant_id = %(tenant)s AND i.id = ANY(%(items)s) AND coalesce(c.user_id, m.user_id) = ANY(%(users)s)
"""


class Scores(NamedTuple):
    """One learner's cells, as `total_of` takes them: what counts in them, and the items that count nothing."""

    scores: dict[UUID, Decimal | None]
    excused: set[UUID]


class Settings(NamedTuple):
    """What a gradebook says about totals; without a row, the defaults."""

    calculation: str = Calculation.POINTS
    missing_work: str = MissingWork.EXCLUDED
    is_total_shown: bool = True
    bands: list[dict[str, Any]] | None = None
    frozen_at: datetime | None = None


def rules_of(course_id: UUID, *, now: datetime) -> Rules:
    """Return how a course counts: three statements.

    Args:
        course_id: the course.
        now: when: items that are due by then count zero where nothing stands, if the gradebook says so.
    """
    items = GradeItem.objects.filter(course_id=course_id).order_by("order", "id")
    rows = list(items.values("id", "category_id", "max_points", "is_counted", "is_extra_credit", "due_at"))
    return made_rules(settings_of(course_id), rows, categories_of(course_id), now=now)


def settings_of(course_id: UUID) -> Settings:
    """Return what the gradebook of a course says about totals: one statement."""
    rows = Gradebook.objects.filter(course_id=course_id)
    names = ("calculation", "missing_work", "is_total_shown", "scale__bands", "frozen_at")
    found = rows.values_list(*names).first()
    return Settings(*found) if found else Settings()


def categories_of(course_id: UUID) -> list[dict[str, Any]]:
    """Return the categories of a course in their order."""
    names = ("id", "name", "weight_percentage", "drop_lowest", "is_extra_credit")
    return list(GradeCategory.objects.filter(course_id=course_id).order_by("order", "id").values(*names))


def made_rules(
    settings: Settings,
    items: Collection[Mapping[str, Any]],
    categories: Collection[Mapping[str, Any]],
    *,
    now: datetime,
) -> Rules:
    """Return the rules that rows of items and categories make."""
    zero = settings.missing_work == MissingWork.ZERO_AFTER_DUE
    columns = [
        ItemRule(
            id=item["id"],
            category_id=item["category_id"],
            max_points=item["max_points"],
            is_counted=item["is_counted"],
            is_extra_credit=item["is_extra_credit"],
            is_missing_zero=zero and item["due_at"] is not None and item["due_at"] <= now,
        )
        for item in items
    ]
    return Rules(settings.calculation == Calculation.WEIGHTED, columns, [_category_rule(row) for row in categories])


def _category_rule(row: Mapping[str, Any]) -> CategoryRule:
    return CategoryRule(
        id=row["id"],
        weight_percentage=row["weight_percentage"],
        drop_lowest=row["drop_lowest"],
        is_extra_credit=row["is_extra_credit"],
    )


def scores_of(rules: Rules, user_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Scores]:
    """Return the cells of these learners under the rules, everybody's, who has none too.

    One statement; a second where empty cells count zero: an attempt that waits to be graded, and a due date that an
    accommodation has moved behind `now`, are no missing work.
    """
    found = {user_id: Scores({}, set()) for user_id in user_ids}
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, _about([item.id for item in rules.items], user_ids))
        for user_id, item_id, score, is_excused in cursor.fetchall():
            found[user_id].scores[item_id] = score
            if is_excused:
                found[user_id].excused.add(item_id)
    leave_out_what_is_not_missing(found, rules, now=now)
    return found


def leave_out_what_is_not_missing(found: Mapping[UUID, Scores], rules: Rules, *, now: datetime) -> None:
    """Excuse the empty cells that wait, or are not due for this learner: one statement, where zeros are counted."""
    due = [item.id for item in rules.items if item.is_missing_zero]
    if not due:
        return
    with connection.cursor() as cursor:
        cursor.execute(NOT_MISSING, {**_about(due, found), "now": now})
        for user_id, item_id in cursor.fetchall():
            if found[user_id].scores.get(item_id) is None:
                found[user_id].excused.add(item_id)


def missing_in(rules: Rules, cells: Scores) -> set[UUID]:
    """Return the items whose cells are empty and count zero, once those that are not missing are left out."""
    due = (item.id for item in rules.items if item.is_missing_zero)
    return {item_id for item_id in due if cells.scores.get(item_id) is None and item_id not in cells.excused}


def _about(item_ids: Collection[UUID], user_ids: Collection[UUID]) -> dict[str, Any]:
    return {"tenant": current_tenant_id(), "items": list(item_ids), "users": list(user_ids)}
