"""Many cells at once: what it would come to, and the job that does it.

A change is carried to the job as JSON, in the form in which it came; what becomes of it is told row by row, in the
same form whether it is a preview or done.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.jobs import RowResult, start_job
from apps.core.models import Job
from apps.core.policies import Actor
from apps.gradebook.calculation import Rules, total_of
from apps.gradebook.models import Grade
from apps.gradebook.selectors import gradebook_of
from apps.gradebook.selectors.totals import Scores, leave_out_what_is_not_missing, rules_of, scores_of
from apps.gradebook.services.cell_changes import KEPT, CellChange, CellResult, standing_score
from apps.gradebook.services.cells import preview_changes
from apps.gradebook.services.locking import require_open

BULK_EDIT: Final = "gradebook.bulk_edit"
LEARNERS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Totals:
    """What a learner's course total is, and would be."""

    before: Decimal | None
    after: Decimal | None


@transaction.atomic
def start_bulk_edit(*, course_id: UUID, changes: Sequence[CellChange], reason: str, by: Actor) -> Job:
    """Put the changes in the queue; `change_grades` says what becomes of each.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing could be changed now.
        TooManyJobs: the person has too many jobs under way.
    """
    require_open(gradebook_of(course_id))
    parameters = {"changes": [as_json(change) for change in changes], "reason": reason}
    return start_job(kind=BULK_EDIT, parameters=parameters, by=by, total=len(changes), subject_id=course_id)


def preview_bulk_edit(
    *, course_id: UUID, changes: Sequence[CellChange], reason: str, by: Actor, now: datetime | None = None
) -> list[RowResult]:
    """Return what each change would do to its cell, and all together to the total of its learner.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing could be changed now.
    """
    moment = now or timezone.now()
    results = preview_changes(course_id=course_id, changes=changes, by=by, reason=reason, now=moment)
    totals = _totals_of(results, rules_of(course_id, now=moment), now=moment)
    rows = []
    for row, result in zip(rows_of(results, start=0), results, strict=True):
        total = totals.get(result.change.user_id)
        if total is not None and result.error is None:
            row.data.update(total_from=_text(total.before), total_to=_text(total.after))
        rows.append(row)
    return rows


def rows_of(results: Sequence[CellResult], *, start: int) -> Iterator[RowResult]:
    """Yield what became of the changes, the first of which is number `start`, as rows of a job."""
    for index, result in enumerate(results, start):
        reference = {"item": str(result.change.item_id), "user": str(result.change.user_id)}
        error = result.error
        if error is None:
            data = {"from": _described(result.before), "to": _described(result.after)}
            yield RowResult(index=index, state=result.state, reference=reference, data=data)
            continue
        field = "reason" if error.field == "reason" else f"changes.{index}.{error.field or 'user'}"
        yield RowResult(
            index=index, state="failed", reference=reference, code=error.code, field=field, detail=error.detail
        )  # fmt: skip


def as_json(change: CellChange) -> dict[str, Any]:
    """Return a change as the parameters of the job hold it."""
    found: dict[str, Any] = {"item": str(change.item_id), "user": str(change.user_id)}
    if change.score is not KEPT:
        found["score"] = _text(change.score)
    optional = {"is_excused": change.is_excused, "feedback": change.feedback, "version": change.version}
    return found | {name: value for name, value in optional.items() if value is not None}


def from_json(data: Mapping[str, Any]) -> CellChange:
    """Return the change that `as_json` wrote."""
    score = data.get("score", KEPT)
    return CellChange(
        item_id=UUID(data["item"]),
        user_id=UUID(data["user"]),
        score=Decimal(score) if isinstance(score, str) else score,
        is_excused=data.get("is_excused"),
        feedback=data.get("feedback"),
        version=data.get("version"),
    )


def _described(cell: Grade) -> dict[str, Any]:
    return {"score": _text(cell.effective_score), "is_excused": cell.is_excused}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.2f}"


def _totals_of(results: Sequence[CellResult], rules: Rules, *, now: datetime) -> dict[UUID, _Totals]:
    """Return the totals of the learners whose cells would change, before and after all of the changes."""
    cells: dict[UUID, list[Grade]] = defaultdict(list)
    for result in results:
        if result.error is None:
            cells[result.change.user_id].append(result.after)
    learners = list(cells)
    found: dict[UUID, _Totals] = {}
    for start in range(0, len(learners), LEARNERS_AT_ONCE):
        some = learners[start : start + LEARNERS_AT_ONCE]
        before = scores_of(rules, some, now=now)
        after = {user_id: _with(before[user_id], cells[user_id]) for user_id in some}
        leave_out_what_is_not_missing(after, rules, now=now)
        for user_id in some:
            totals = (total_of(rules, *scores[user_id]).percentage for scores in (before, after))
            found[user_id] = _Totals(*totals)
    return found


def _with(scores: Scores, cells: Sequence[Grade]) -> Scores:
    """Return a learner's scores with these cells in their places."""
    changed = Scores(dict(scores.scores), set(scores.excused))
    for cell in cells:
        changed.scores[cell.item_id] = standing_score(cell)
        changed.excused.discard(cell.item_id)
        if cell.is_excused:
            changed.excused.add(cell.item_id)
    return changed
