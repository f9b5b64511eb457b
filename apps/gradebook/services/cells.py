"""The one way in which people change cells: scores of their own, excuses, feedback, each with who, when and why.

A person's score counts instead of the assessment's, which stays beneath it. Many cells cost as many statements as one.
An entry of the history says from what to what; that of an excused cell, what stands in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.events import emit_all
from apps.core.policies import Actor
from apps.core.tenancy.context import current_tenant_id
from apps.enrollments.models import Enrollment
from apps.gradebook.events import GradeChanged
from apps.gradebook.models import Grade, GradebookChange, GradeItem
from apps.gradebook.selectors import gradebook_of
from apps.gradebook.selectors.cells import empty_cell
from apps.gradebook.services.cell_changes import (
    CellChange,
    CellChanged,
    CellResult,
    Key,
    NotEnrolled,
    OwnGrade,
    ReasonMissing,
    UnknownItem,
    changed_cell,
    standing_score,
    steps_between,
)
from apps.gradebook.services.cell_statements import LOCK_CELLS, READ_CELLS, WRITE_CELLS
from apps.gradebook.services.locking import lock_open_gradebook, require_open


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a change is judged by."""

    by: Actor
    reason: str
    now: datetime
    items: set[UUID]
    learners: set[UUID]
    cells: dict[Key, Grade]


@transaction.atomic
def change_grade(
    *, course_id: UUID, change: CellChange, by: Actor, reason: str = "", now: datetime | None = None
) -> Grade:
    """Change one cell; return it.

    Raises:
        GradebookFrozen, GradebookFreezing, UnknownItem, NotEnrolled, OwnGrade, CellChanged, ReasonMissing: nothing was
            changed.
    """
    (result,) = change_grades(course_id=course_id, changes=[change], by=by, reason=reason, now=now)
    if result.error is not None:
        raise result.error
    return result.after


@transaction.atomic
def change_grades(
    *, course_id: UUID, changes: Sequence[CellChange], by: Actor, reason: str = "", now: datetime | None = None
) -> list[CellResult]:
    """Change many cells of one course, each with an answer of its own: what is wrong with one stops no other.

    Args:
        course_id: whose gradebook.
        changes: of different cells, at most a few hundred.
        by: who changes them.
        reason: why; asked for where a score that is there changes.
        now: the moment.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
    """
    lock_open_gradebook(course_id)
    results: dict[Key, CellResult] = {}
    pending = list(changes)
    while pending:
        desk = _desk(course_id, pending, by=by, reason=reason, now=now, statement=LOCK_CELLS)
        results |= {change.key: _judged(desk, change) for change in pending}
        written = _write([results[change.key] for change in pending if results[change.key].state == "done"])
        pending = [c for c in pending if results[c.key].state == "done" and c.key not in written]
    done = [result for result in results.values() if result.state == "done"]
    _tell(course_id, done, by=by, reason=reason, now=now or timezone.now())
    return [results[change.key] for change in changes]


def preview_changes(
    *, course_id: UUID, changes: Sequence[CellChange], by: Actor, reason: str = "", now: datetime | None = None
) -> list[CellResult]:
    """Return what `change_grades` would do, and do nothing.

    Raises:
        GradebookFrozen, GradebookFreezing: it would be refused as a whole.
    """
    require_open(gradebook_of(course_id))
    desk = _desk(course_id, changes, by=by, reason=reason, now=now, statement=READ_CELLS)
    return [_judged(desk, change) for change in changes]


def _desk(
    course_id: UUID, changes: Sequence[CellChange], *, by: Actor, reason: str, now: datetime | None, statement: str
) -> _Desk:
    item_ids = [change.item_id for change in changes]
    user_ids = [change.user_id for change in changes]
    items = set(GradeItem.objects.filter(course_id=course_id, id__in=set(item_ids)).values_list("id", flat=True))
    learners = Enrollment.objects.filter(course_id=course_id, user_id__in=set(user_ids))
    values = {"tenant": current_tenant_id(), "items": item_ids, "users": user_ids}
    cells = list(Grade.objects.raw(statement, values))
    return _Desk(
        by=by,
        reason=reason.strip(),
        now=now or timezone.now(),  # once the cells are locked: the history is in the order in which they changed
        items=items,
        learners=set(learners.values_list("user_id", flat=True)),
        cells={(cell.item_id, cell.user_id): cell for cell in cells if cell.item_id in items},
    )


def _judged(desk: _Desk, change: CellChange) -> CellResult:
    before = desk.cells.get(change.key) or empty_cell(*change.key)
    after = changed_cell(before, change, by=desk.by, now=desk.now)
    return CellResult(change, before, after, _refusal(desk, change, before, after))


def _refusal(desk: _Desk, change: CellChange, before: Grade, after: Grade) -> DomainError | None:
    if change.item_id not in desk.items:
        return UnknownItem()
    if change.user_id == desk.by.id:
        return OwnGrade()
    if change.user_id not in desk.learners:
        return NotEnrolled()
    if after.version == before.version:  # it is as they want it, whatever they had seen: RFC 9110, section 13.1.1
        return None
    if change.version not in {None, before.version}:
        return CellChanged()
    is_replaced = standing_score(before) not in {None, standing_score(after)}
    return ReasonMissing() if is_replaced and not desk.reason else None


def _write(results: Sequence[CellResult]) -> set[Key]:
    """Store the cells; return those that were still as they were read."""
    cells = [result.after for result in results]
    if not cells:
        return set()
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "ids": [cell.id for cell in cells],
        "items": [cell.item_id for cell in cells],
        "users": [cell.user_id for cell in cells],
        "overrides": [cell.override for cell in cells],
        "excused": [cell.is_excused for cell in cells],
        "feedbacks": [cell.feedback for cell in cells],
        "graders": [cell.graded_by_id for cell in cells],
        "moments": [cell.graded_at for cell in cells],
        "versions": [cell.version for cell in cells],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CELLS, values)
        return set(cursor.fetchall())


def _tell(course_id: UUID, done: Sequence[CellResult], *, by: Actor, reason: str, now: datetime) -> None:
    """Write the history of what was changed, and emit what counts differently now."""
    GradebookChange.objects.bulk_create(
        GradebookChange(
            course_id=course_id, item_id=result.change.item_id, user_id=result.change.user_id, kind=kind,
            from_score=before, to_score=after, actor_id=by.id, reason=reason.strip(), occurred_at=now,
        )
        for result in done
        for kind, before, after in steps_between(result.before, result.after)
    )  # fmt: skip
    emit_all(
        *(
            GradeChanged(
                course_id=course_id, item_id=after.item_id, user_id=after.user_id, score=after.effective_score,
                is_excused=after.is_excused,
            )
            for after in (result.after for result in done if result.counts_differently)
        )
    )  # fmt: skip
