"""Grading anew after a key was corrected: who changes, from what to what; then the same for good.

What a person gave stays. Where nothing would change nothing is written, so that regrading twice is regrading once.

Keys, pass mark, late policy and mode are those of the moment, as a person who grades meets them: that a learner
passes, or loses more for being late, because a rule has changed meanwhile shows as a change as well. The due date is
the one that the attempt was given. An attempt that somebody is grading just now is graded anew, too: the key's points
and theirs do not meet, and their next grade is told by its `If-Match` that the attempt has changed; the change names
them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import (
    Assessment,
    Attempt,
    AttemptAnswer,
    GradeChange,
    JournalEntry,
    QuestionVersion,
)
from apps.assessments.services.claims import holder_of
from apps.assessments.services.grading import graded_entry, graded_event, mark, settle, total_of
from apps.core.events.outbox import emit_all
from apps.core.policies import Actor
from apps.core.tenancy.context import current_tenant_id

# More than these are left to a job.
MOST_AT_ONCE: Final = 500
BATCH: Final = 50
RULES: Final = (
    "grading_mode", "pass_mark_percentage", "late_penalty_percentage", "late_penalty_per", "late_floor_percentage",
    "late_grace_minutes",
)  # fmt: skip
_WRITTEN: Final = (
    "status", "raw_score", "score", "percentage", "is_passed", "late_penalty_percentage", "graded_at",
    "journal_length", "journal_head", "version",
)  # fmt: skip
_WRITE_POINTS: Final = """
UPDATE assessments_attemptanswer answer SET points = graded.points, graded_at = %(now)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(points)s::numeric[]) AS graded(id, points)
WHERE answer.tenant_id = %(tenant)s::uuid AND answer.id = graded.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an attempt's grade is, or would be."""

    status: str
    raw_score: Decimal | None
    score: Decimal | None
    percentage: Decimal | None
    is_passed: bool | None
    late_penalty_percentage: Decimal


@dataclass(frozen=True, slots=True)
class PointsChange:
    """What an answer was worth and is now, or would be."""

    question_id: UUID
    from_points: Decimal | None
    to_points: Decimal


@dataclass(frozen=True, slots=True)
class AttemptChange:
    """Who changes, from what to what; and who is grading the attempt at this moment, if anybody is."""

    attempt_id: UUID
    user_id: UUID
    before: Standing
    after: Standing
    answers: list[PointsChange]
    claimed_by: UUID | None = None


@dataclass(slots=True)
class Regrade:
    """What a regrade does, or would do, and the rules of the assessment that it goes by."""

    is_dry_run: bool
    attempts: int
    rules: dict[str, Any]
    changes: list[AttemptChange] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return len(self.changes)


def handed_in_at(assessment: Assessment, attempt_ids: Sequence[UUID] | None = None, *, by: Actor) -> QuerySet[Attempt]:
    """Return what a regrade of the assessment looks at: its handed-in attempts, or those of them that are named.

    Whoever regrades may have changed the key: their own attempts are for another grader.
    """
    handed_in = Attempt.objects.filter(assessment_id=assessment.id).exclude(status=AttemptStatus.IN_PROGRESS)
    handed_in = handed_in.exclude(user_id__in=[by.id])
    return handed_in if attempt_ids is None else handed_in.filter(id__in=attempt_ids)


def rules_of(assessment: Assessment) -> dict[str, Any]:
    """Return the rules by which a regrade of the assessment goes, beside the keys."""
    return {name: getattr(assessment, name) for name in RULES}


def batches_of(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Yield the ids in the portions that are graded, and locked, together."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def regrade(
    *,
    assessment: Assessment,
    by: Actor,
    reason: str = "",
    is_dry_run: bool = False,
    attempt_ids: Sequence[UUID] | None = None,
    now: datetime | None = None,
) -> Regrade:
    """Grade the handed-in attempts at an assessment anew, by the keys and rules as they are now.

    Each batch is a transaction of its own, and holds its papers in memory alone. Broken off in between, it can be
    sent again. What is overridden stays; what only a person can grade keeps what it has.

    Args:
        assessment: which one.
        by: who regrades; their own attempts stay as they are.
        reason: why; it goes into the history of each grade.
        is_dry_run: change nothing, and say what would change.
        attempt_ids: these only; None: all.
        now: the moment.
    """
    ids = list(handed_in_at(assessment, attempt_ids, by=by).order_by("id").values_list("id", flat=True))
    result = Regrade(is_dry_run=is_dry_run, attempts=len(ids), rules=rules_of(assessment))
    for batch in batches_of(ids):
        result.changes += regrade_batch(
            assessment=assessment, ids=batch, by=by, reason=reason, is_dry_run=is_dry_run, now=now
        )
    return result


@transaction.atomic
def regrade_batch(
    *,
    assessment: Assessment,
    ids: Sequence[UUID],
    by: Actor,
    reason: str = "",
    is_dry_run: bool = False,
    now: datetime | None = None,
) -> list[AttemptChange]:
    """Grade some attempts at an assessment anew (see `regrade`), together; return what changes."""
    batch = _Batch(assessment, ids, by=by, reason=reason, now=now or timezone.now())
    batch.grade(is_locked=not is_dry_run)
    if batch.changes and not is_dry_run:
        batch.store()
    return batch.changes


class _Batch:
    """Some attempts, graded anew together."""

    def __init__(self, assessment: Assessment, ids: Sequence[UUID], *, by: Actor, reason: str, now: datetime) -> None:
        self.assessment, self.ids = assessment, ids
        self.by, self.reason, self.now = by, reason, now
        self.changes: list[AttemptChange] = []
        self.attempts: list[Attempt] = []
        self.rows: list[AttemptAnswer] = []

    def grade(self, *, is_locked: bool) -> None:
        """Give attempts and answers, in memory, what they are worth now; note what changes."""
        attempts = Attempt.objects.filter(id__in=self.ids).exclude(status=AttemptStatus.IN_PROGRESS).order_by("id")
        found = list(attempts.select_for_update(of=("self",)) if is_locked else attempts)
        answers: dict[UUID, dict[str, AttemptAnswer]] = {attempt.id: {} for attempt in found}
        for row in AttemptAnswer.objects.filter(attempt_id__in=answers):
            answers[row.attempt_id][str(row.question_id)] = row
        keys = _keys_of(found)
        for attempt in found:
            attempt.assessment = self.assessment
            self._grade(attempt, answers[attempt.id], keys)

    def _grade(self, attempt: Attempt, rows: Mapping[str, AttemptAnswer], keys: Mapping[str, QuestionVersion]) -> None:
        before = _standing(attempt)
        given = {question: row.answer for question, row in rows.items()}
        changed = []
        for each in mark(attempt.paper, keys, given, mode=self.assessment.grading_mode):
            row = rows.get(str(each.question_id))
            is_fixed = row is None or row.is_overridden or not each.is_answered
            if row is None or is_fixed or each.points is None or each.points == row.points:
                continue
            changed.append(PointsChange(each.question_id, row.points, each.points))
            row.points = each.points
            self.rows.append(row)
        total = total_of(attempt.paper, rows)
        if total is not None:
            settle(attempt, total, now=self.now, graded_by_id=attempt.graded_by_id)
        after = _standing(attempt)
        if changed or before != after:
            self.attempts.append(attempt)
            holder = holder_of(attempt, now=self.now)
            self.changes.append(AttemptChange(attempt.id, attempt.user_id, before, after, changed, holder))

    def store(self) -> None:
        """Write what changed, with journal and history, and tell whoever cares."""
        entries: list[JournalEntry] = []
        history: list[GradeChange] = []
        for attempt, change in zip(self.attempts, self.changes, strict=True):
            entries.append(self._note(attempt, change))
            history += self._history_of(change)
            attempt.version += 1
        values: dict[str, Any] = {
            "tenant": current_tenant_id(), "now": self.now,
            "ids": [row.id for row in self.rows], "points": [row.points for row in self.rows],
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_POINTS, values)
        Attempt.objects.bulk_update(self.attempts, _WRITTEN)
        JournalEntry.objects.bulk_create(entries)
        GradeChange.objects.bulk_create(history)
        told = zip(self.attempts, self.changes, strict=True)
        emit_all(*(graded_event(attempt) for attempt, change in told if change.before != change.after))

    def _note(self, attempt: Attempt, change: AttemptChange) -> JournalEntry:
        grades = [
            {"question": answer.question_id, "from": answer.from_points, "to": answer.to_points}
            for answer in change.answers
        ]
        return graded_entry(attempt, by=self.by.id, now=self.now, grades=grades, regraded=True)

    def _history_of(self, change: AttemptChange) -> list[GradeChange]:
        told: dict[str, Any] = {
            "attempt_id": change.attempt_id, "actor_id": self.by.id, "reason": self.reason, "occurred_at": self.now,
        }  # fmt: skip
        history = [
            GradeChange(
                question_id=answer.question_id, from_points=answer.from_points, to_points=answer.to_points, **told
            )
            for answer in change.answers
        ]
        if change.before != change.after:
            history.append(GradeChange(from_points=change.before.score, to_points=change.after.score, **told))
        return history


def _standing(attempt: Attempt) -> Standing:
    return Standing(
        attempt.status, attempt.raw_score, attempt.score, attempt.percentage, attempt.is_passed,
        attempt.late_penalty_percentage,
    )  # fmt: skip


def _keys_of(attempts: Sequence[Attempt]) -> dict[str, QuestionVersion]:
    ids = {slot["version"] for attempt in attempts for slot in attempt.paper}
    return {str(version.id): version for version in QuestionVersion.objects.filter(id__in=ids)}
