"""What people may ask of a cell, what it would make of it, and the entries of the history that lead there."""

import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final, Literal
from uuid import UUID

from apps.core.errors import DomainError, InvalidInput, NotFound, PermissionRefused
from apps.core.policies import Actor
from apps.gradebook.choices import ChangeKind
from apps.gradebook.models import Grade

Key = tuple[UUID, UUID]
State = Literal["done", "unchanged", "failed"]
Step = tuple[ChangeKind, Decimal | None, Decimal | None]


class UnknownItem(InvalidInput):
    """The course has no such column."""

    code = "unknown_item"
    default_field = "item"
    default_detail = "The gradebook of this course has no such item."


class NotEnrolled(NotFound):
    """The learner has never been in the course."""

    code = "not_enrolled"
    default_field = "user"
    default_detail = "This course has no such learner: only who is enrolled, or was, has grades in it."


class OwnGrade(PermissionRefused):
    """Somebody would grade themselves."""

    code = "own_grade"
    default_detail = "Nobody changes their own grade. Ask another grader of the course."


class ReasonMissing(InvalidInput):
    """A score that is there is replaced without a word."""

    code = "reason_required"
    default_field = "reason"
    default_detail = "There is a score already; say why you change it."


class CellChanged(DomainError):
    """Somebody else, or the assessment, has changed the cell since the caller looked."""

    status = 412
    code = "grade_changed"
    default_field = "version"
    default_detail = "The grade has changed since you read it. Read it again and repeat your change."


class Kept(Enum):
    """What is not to change."""

    KEPT = "kept"


KEPT: Final = Kept.KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """What a person wants of one cell.

    Args:
        item_id, user_id: the cell.
        score: theirs, in points with two decimals, from 0; None takes theirs back; `KEPT`: it stays.
        is_excused: None: it stays.
        feedback: None: it stays.
        version: of the cell as they saw it, 0 for one without a row; None: they do not say.
    """

    item_id: UUID
    user_id: UUID
    score: Decimal | Kept | None = KEPT
    is_excused: bool | None = None
    feedback: str | None = None
    version: int | None = None

    @property
    def key(self) -> Key:
        return self.item_id, self.user_id


@dataclass(frozen=True, slots=True)
class CellResult:
    """What became of one change, or would: the cell before and after, or what stands in the way."""

    change: CellChange
    before: Grade
    after: Grade
    error: DomainError | None = None

    @property
    def state(self) -> State:
        if self.error is not None:
            return "failed"
        return "unchanged" if self.after.version == self.before.version else "done"

    @property
    def counts_differently(self) -> bool:
        """Whether something else counts in the cell now."""
        was = (self.before.effective_score, self.before.is_excused)
        return was != (self.after.effective_score, self.after.is_excused)


def standing_score(cell: Grade) -> Decimal | None:
    """Return what stands in a cell, whether it is excused or not."""
    return cell.score if cell.override is None else cell.override


def changed_cell(before: Grade, change: CellChange, *, by: Actor, now: datetime) -> Grade:
    """Return the cell as it would be; with another version, if it would be another."""
    after = copy.copy(before)
    after.override = before.override if change.score is KEPT else change.score
    after.is_excused = before.is_excused if change.is_excused is None else change.is_excused
    after.feedback = before.feedback if change.feedback is None else change.feedback
    is_graded = (after.override, after.is_excused) != (before.override, before.is_excused)
    if not is_graded and after.feedback == before.feedback:
        return after
    after.version = before.version + 1
    if is_graded or before.version == 0:
        is_assessments = after.override is None and not after.is_excused and after.score is not None
        after.graded_by_id, after.graded_at = (None if is_assessments else by.id), now
    return after


def steps_between(before: Grade, after: Grade) -> list[Step]:
    """Return the entries of the history that lead from one to the other: kind, from what, to what."""
    was, is_now = standing_score(before), standing_score(after)
    steps: list[Step] = []
    if after.override != before.override:
        kind = ChangeKind.OVERRIDE_CLEARED if after.override is None else ChangeKind.OVERRIDDEN
        steps.append((kind, was, is_now))
    if after.is_excused and not before.is_excused:
        steps.append((ChangeKind.EXCUSED, is_now, None))
    if before.is_excused and not after.is_excused:
        steps.append((ChangeKind.UNEXCUSED, None, is_now))
    if after.feedback != before.feedback:
        steps.append((ChangeKind.FEEDBACK, is_now, is_now))
    return steps
