"""Where the scores of assessments come from: each graded assessment has an item, and each of its takers a cell.

Events may come late, twice and in any order: what they say is never believed. An item follows from its assessment as
it is now, and a cell from the attempts as they are now, read after the lock that all writers of it take: whoever
comes last has seen everything that was there before.

Locks, always in this order: the gradebook (changes of items, and many cells at once), the item (shared by whoever
writes a single cell), the cells by account.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apps.assessments.choices import AssessmentType, AttemptStatus
from apps.assessments.models import Assessment, Attempt
from apps.core.events import emit_all
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id
from apps.courses.services.ordering import next_order
from apps.gradebook.events import GradeChanged
from apps.gradebook.models import Grade, GradebookChange, GradeItem
from apps.gradebook.services.counting import Counted, GradedAttempt, counted
from apps.gradebook.services.locking import lock_gradebook
from apps.gradebook.services.statements import ADD_CELLS, HOLD_ITEM, WRITE_CELLS

UNGRADED: Final = frozenset({AssessmentType.PRACTICE.value, AssessmentType.SURVEY.value})


@dataclass(frozen=True, slots=True)
class _Column:
    """An item of an assessment, locked."""

    id: UUID
    course_id: UUID
    assessment_id: UUID
    max_points: Decimal


@transaction.atomic(savepoint=False)
def sync_item(*, assessment_id: UUID) -> GradeItem | None:
    """Let the item of an assessment, and all its cells, say what the assessment says now; return the item.

    Practices and surveys have none: an item that is there goes or, where something was graded in it, counts nothing
    from now on. Also the way to fill the gradebook of an assessment that was there before it.
    """
    course_id = Assessment.objects.filter(id=assessment_id).values_list("course_id", flat=True).first()
    if course_id is None:
        return None
    lock_gradebook(course_id)
    assessment = Assessment.objects.filter(id=assessment_id).first()
    if assessment is None:
        return None
    item = GradeItem.objects.select_for_update(no_key=True).filter(assessment_id=assessment_id).first()
    if assessment.assessment_type in UNGRADED:
        return _without_grades(item)
    item = _added(assessment) if item is None else _following(item, assessment)
    takers = Attempt.objects.filter(assessment_id=assessment_id, status=AttemptStatus.GRADED)
    users = list(takers.order_by("user_id").values_list("user_id", flat=True).distinct())
    if users:
        _fill(_Column(item.id, item.course_id, assessment_id, item.max_points), users)
    return item


def ensure_item(assessment: Assessment) -> GradeItem | None:
    """Return the item of an assessment, as `sync_item` leaves it; None: it has none."""
    return sync_item(assessment_id=assessment.id)


@transaction.atomic(savepoint=False)
def sync_grade(*, assessment_id: UUID, user_id: UUID) -> None:
    """Let one learner's cell say what their graded attempts say now."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_ITEM, {"tenant": current_tenant_id(), "assessment": assessment_id})
        row = cursor.fetchone()
    if row is None:
        sync_item(assessment_id=assessment_id)
        return
    item_id, course_id, max_points = row
    _fill(_Column(item_id, course_id, assessment_id, max_points), [user_id])


@transaction.atomic(savepoint=False)
def forget_assessment(*, assessment_id: UUID) -> None:
    """Remove the item of a deleted assessment; where something was graded in it, it stays, graded by people."""
    item = GradeItem.objects.filter(id=assessment_id, assessment=None).first()
    if item is None:
        return
    lock_gradebook(item.course_id)
    if not has_grades(item):
        item.delete()


def has_grades(item: GradeItem) -> bool:
    """Whether anything is graded in an item, or was: its history stays."""
    return Grade.objects.filter(item=item).exists() or GradebookChange.objects.filter(item=item).exists()


def _added(assessment: Assessment) -> GradeItem:
    """Write down the item of an assessment, behind the others.

    It bears the assessment's id: once the assessment is deleted, nothing else would tell whose it was.
    """
    last = GradeItem.objects.filter(course_id=assessment.course_id).aggregate(last=Max("order"))["last"]
    item = GradeItem(
        id=assessment.id, course_id=assessment.course_id, assessment=assessment, order=next_order(last),
        **_followed(assessment),
    )  # fmt: skip
    item.save(force_insert=True)
    return item


def _following(item: GradeItem, assessment: Assessment) -> GradeItem:
    """Let an item say what its assessment says."""
    changes = {name: value for name, value in _followed(assessment).items() if getattr(item, name) != value}
    if changes:
        for name, value in changes.items():
            setattr(item, name, value)
        item.version += 1
        item.save(update_fields=[*changes, "version"])
    return item


def _followed(assessment: Assessment) -> dict[str, Any]:
    return {"title": assessment.title, "max_points": assessment.max_score, "due_at": assessment.due_at}


def _without_grades(item: GradeItem | None) -> GradeItem | None:
    """Remove the item of what is not graded any more, or let it count nothing."""
    if item is None:
        return None
    if not has_grades(item):
        item.delete()
        return None
    if item.is_counted:
        item.is_counted = False
        item.version += 1
        item.save(update_fields=["is_counted", "version"])
    return item


def _fill(column: _Column, users: Sequence[UUID]) -> None:
    """Write the cells of `users`: those that differ, with the history of their scores, and who is told of it."""
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "item": column.id, "assessment": column.assessment_id,
        "ids": [new_id() for _ in users], "users": list(users),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ADD_CELLS, values)
    cells = list(Grade.objects.select_for_update().filter(item_id=column.id, user_id__in=users).order_by("user_id"))
    now_counts = _counted_of(column, [cell.user_id for cell in cells])
    changed = [
        (cell, found) for cell in cells if (found := now_counts.get(cell.user_id)) is not None and _differs(cell, found)
    ]
    if changed:
        _write(column, changed)


def _counted_of(column: _Column, users: Sequence[UUID]) -> dict[UUID, Counted]:
    """Return what counts of the graded attempts of `users`, read now."""
    attempts: dict[UUID, list[GradedAttempt]] = defaultdict(list)
    rule = ""
    rows = Attempt.objects.filter(
        assessment_id=column.assessment_id, user_id__in=users, status=AttemptStatus.GRADED
    ).values_list(
        "user_id", "assessment__counted_attempt", "id", "number", "score", "max_score", "late_penalty_percentage",
        Coalesce("graded_at", "submitted_at"),
    )  # fmt: skip
    for user_id, rule, *attempt in rows:  # noqa: B007  the rule is the same in all of them
        attempts[user_id].append(GradedAttempt(*attempt))
    return {user_id: counted(theirs, rule=rule, max_points=column.max_points) for user_id, theirs in attempts.items()}


def _differs(cell: Grade, found: Counted) -> bool:
    stored = (cell.score, cell.attempt_id, cell.late_penalty_percentage)
    return stored != (found.score, found.attempt_id, found.late_penalty_percentage)


def _write(column: _Column, changed: Sequence[tuple[Grade, Counted]]) -> None:
    """Store what changed. An excused cell has its history, too: of what stands in it, though it counts nothing."""
    moved = [(cell, found.score) for cell, found in changed if cell.override is None and cell.score != found.score]
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "course": column.course_id, "item": column.id,
        "ids": [cell.id for cell, _ in changed],
        "scores": [found.score for _, found in changed],
        "attempts": [found.attempt_id for _, found in changed],
        "penalties": [found.late_penalty_percentage for _, found in changed],
        "moments": [found.graded_at for _, found in changed],
        "changes": [new_id() for _ in moved],
        "users": [cell.user_id for cell, _ in moved],
        "from_scores": [cell.score for cell, _ in moved],
        "to_scores": [score for _, score in moved],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CELLS, values)
    emit_all(
        *(
            GradeChanged(
                course_id=column.course_id, item_id=column.id, user_id=cell.user_id, score=score, is_excused=False
            )
            for cell, score in moved
            if not cell.is_excused
        )
    )
