"""The whole gradebook of a course, learner by learner, as it is exported: what the grid shows, all of it.

The number of statements is fixed, however many learners there are: their rows come through one cursor of the server,
which keeps them as they were when it was opened, while a few hundred at a time are fetched. Behind a pooler that works
per transaction there are no such cursors; there the rows are read at once.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.core.tenancy.context import current_tenant_id
from apps.enrollments.models import Enrollment
from apps.gradebook.calculation import Rules, Total, label_of, total_of
from apps.gradebook.models import GradeItem
from apps.gradebook.selectors.totals import NOT_MISSING, Settings, categories_of, made_rules, settings_of

LEARNERS_AT_ONCE: Final = 200
_NOT_MISSING_OF_LEARNERS: Final = NOT_MISSING.replace("%(items)s", "%(due)s").replace(
    "%(users)s", "ARRAY(SELECT user_id FROM learner)"
)
# Cells are carried as text: exact, and small.
_LEARNERS: Final = f"""
WITH learner AS (
    SELECT e.user_id, u.last_name, u.first_name, u.email
    FROM enrollments_enrollment e
    JOIN users_user u ON u.tenant_id = e.tenant_id AND u.id = e.user_id
    WHERE e.tenant_id = %(tenant)s AND e.course_id = %(course)s AND e.status = ANY(%(statuses)s)
), waiting AS (
    SELECT w.user_id, array_agg(w.item_id) AS items
    FROM ({_NOT_MISSING_OF_LEARNERS}) AS w(user_id, item_id)
    GROUP BY w.user_id
)
SELECT l.user_id, l.last_name, l.first_name, l.email, cell.items, cell.scores, cell.excused, waiting.items,
    f.override_percentage, f.percentage, f.label, f.frozen_at
FROM learner l
LEFT JOIN LATERAL (
    SELECT array_agg(g.item_id) AS items, array_agg(coalesce(g.override, g.score)::text) AS scores,
        array_agg(g.is_excused) AS excused
    FROM gradebook_grade g
    WHERE g.tenant_id = %(tenant)s AND g.user_id = l.user_id AND g.item_id = ANY(%(items)s)
) cell ON true
LEFT JOIN waiting ON waiting.user_id = l.user_id
LEFT JOIN gradebook_finalgrade f ON f.tenant_id = %(tenant)s AND f.course_id = %(course)s AND f.user_id = l.user_id
ORDER BY l.last_name, l.first_name, l.user_id
"""  # noqa: S608  put together from constants


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner with all cells and what they come to; `final` None: no final grade stands."""

    user_id: UUID
    last_name: str
    first_name: str
    email: str
    scores: dict[UUID, Decimal | None]
    excused: set[UUID]
    total: Total
    label: str
    final: Decimal | None
    final_label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of an export, and where its rows come from."""

    course_id: UUID
    statuses: tuple[str, ...]
    items: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    rules: Rules
    settings: Settings
    now: datetime

    def rows(self) -> Iterator[LearnerRow]:
        """Yield the learners by name."""
        for row in _fetched(self):
            yield _learner(self, row)

    def count(self) -> int:
        """Return how many learners there are."""
        return Enrollment.objects.filter(course_id=self.course_id, status__in=self.statuses).count()


def sheet_of(course_id: UUID, *, statuses: Collection[str], now: datetime) -> Sheet:
    """Return the gradebook of a course, of the learners with these statuses, to be exported: three statements."""
    settings, categories = settings_of(course_id), categories_of(course_id)
    names = ("id", "title", "category_id", "max_points", "is_extra_credit", "is_counted", "due_at")
    items = list(GradeItem.objects.filter(course_id=course_id).order_by("order", "id").values(*names))
    rules = made_rules(settings, items, categories, now=now)
    return Sheet(course_id, tuple(statuses), items, categories, rules, settings, now)


def _fetched(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "course": sheet.course_id, "statuses": list(sheet.statuses), "now": sheet.now,
        "items": [item.id for item in sheet.rules.items],
        "due": [item.id for item in sheet.rules.items if item.is_missing_zero],
    }  # fmt: skip
    has_cursors = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.chunked_cursor() if has_cursors else connection.cursor() as cursor:
        cursor.execute(_LEARNERS, values)
        while rows := cursor.fetchmany(LEARNERS_AT_ONCE):
            yield from rows


def _learner(sheet: Sheet, row: tuple[Any, ...]) -> LearnerRow:
    user_id, last_name, first_name, email, items, scores, is_excused, waiting, *final = row
    found = {
        item: None if score is None else Decimal(score) for item, score in zip(items or (), scores or (), strict=True)
    }
    excused = {item for item, is_so in zip(items or (), is_excused or (), strict=True) if is_so}
    not_missing = {item for item in waiting or () if found.get(item) is None}
    total = total_of(sheet.rules, found, excused | not_missing)
    override, percentage, label, frozen_at = final
    stands = frozen_at is not None and frozen_at == sheet.settings.frozen_at
    return LearnerRow(
        user_id=user_id,
        last_name=last_name,
        first_name=first_name,
        email=email,
        scores=found,
        excused=excused,
        total=total,
        label=label_of(sheet.settings.bands, total.percentage)[0],
        final=(percentage if override is None else override) if stands else None,
        final_label=label if stands else "",
    )
