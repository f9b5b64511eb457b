"""Grading anew after a key was corrected: who changes, from what to what; then the same for good.

What a person gave stays. Where nothing would change nothing is written, so that regrading twice is regrading once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
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
from apps.assessments.services.grading import graded_entry, mark, settle, tell, total_of
from apps.core.errors import Conflict
from apps.core.policies import Actor
from apps.core.tenancy.context import current_tenant_id

MOST_ATTEMPTS: Final = 500
BATCH: Final = 50
_WRITTEN: Final = (
    "status", "raw_score", "score", "percentage", "is_passed", "late_penalty_percentage", "graded_at",
    "journal_length", "journal_head", "version",
)  # fmt: skip
_WRITE_POINTS: Final = """
UPDATE assessments_attemptanswer answer SET points = graded.points, graded_at = %(now)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(points)s::numeric[]) AS graded(id, points)
WHERE answer.tenant_id = %(tenant)s::uuid AND answer.id = graded.id
"""


class TooManyAttempts(Conflict):
    """More attempts than one request grades anew."""

    code = "too_many"

    def __init__(self, count: int) -> None:
        detail = (
            f"There are {count} attempts, and one request grades at most {MOST_ATTEMPTS} anew; nothing was changed. "
            "Name some of them: send their ids as `attempts`, in several requests."
        )
        super().__init__(detail, extra={"attempts": count, "most": MOST_ATTEMPTS})


@dataclass(frozen=True, slots=True)
class Standing:
    """What an attempt's grade is, or would be."""

    status: str
    raw_score: Decimal | None
    score: Decimal | None
    percentage: Decimal | None
    is_passed: bool | None


@dataclass(frozen=True, slots=True)
class PointsChange:
    """What an answer was worth and is now, or would be."""

    question_id: UUID
    from_points: Decimal | None
    to_points: Decimal


@dataclass(frozen=True, slots=True)
class AttemptChange:
    """Who changes, from what to what."""

    attempt_id: UUID
    user_id: UUID
    before: Standing
    after: Standing
    answers: list[PointsChange]


@dataclass(slots=True)
class Regrade:
    """What a regrade does, or would do."""

    is_dry_run: bool
    attempts: int
    changes: list[AttemptChange] = field(default_factory=list)


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
        by: who regrades.
        reason: why; it goes into the history of each grade.
        is_dry_run: change nothing, and say what would change.
        attempt_ids: these only; None: all.
        now: the moment.

    Raises:
        TooManyAttempts: nothing was changed.
    """
    moment = now or timezone.now()
    wanted = Attempt.objects.filter(assessment_id=assessment.id).exclude(status=AttemptStatus.IN_PROGRESS)
    if attempt_ids is not None:
        wanted = wanted.filter(id__in=attempt_ids)
    ids = list(wanted.order_by("id").values_list("id", flat=True)[: MOST_ATTEMPTS + 1])
    if len(ids) > MOST_ATTEMPTS:
        raise TooManyAttempts(wanted.count())
    result = Regrade(is_dry_run=is_dry_run, attempts=len(ids))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            batch = _Batch(assessment, ids[start : start + BATCH], by=by, reason=reason, now=moment)
            batch.grade(is_locked=not is_dry_run)
            if not is_dry_run:
                batch.store()
        result.changes += batch.changes
    return result


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
            self.changes.append(AttemptChange(attempt.id, attempt.user_id, before, after, changed))

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
        for attempt, change in zip(self.attempts, self.changes, strict=True):
            if change.before != change.after:
                tell(attempt)

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
    return Standing(attempt.status, attempt.raw_score, attempt.score, attempt.percentage, attempt.is_passed)


def _keys_of(attempts: Sequence[Attempt]) -> dict[str, QuestionVersion]:
    ids = {slot["version"] for attempt in attempts for slot in attempt.paper}
    return {str(version.id): version for version in QuestionVersion.objects.filter(id__in=ids)}
