"""Writing down that an attempt is handed in: points, journal, grade and its history in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, JournalEntry
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id

_FINISH: Final = " ".join(
    """
WITH worth AS (
    UPDATE assessments_attemptanswer answer SET points = graded.points, graded_at = %(now)s::timestamptz
    FROM unnest(%(questions)s::uuid[], %(points)s::numeric[]) AS graded(question_id, points)
    WHERE answer.tenant_id = %(tenant)s::uuid AND answer.attempt_id = %(attempt)s::uuid
        AND answer.question_id = graded.question_id AND NOT answer.is_overridden
), noted AS (
    INSERT INTO assessments_journalentry
        (id, tenant_id, attempt_id, index, kind, content, occurred_at, previous_hash, hash)
    SELECT entry.id, %(tenant)s::uuid, %(attempt)s::uuid, entry.index, entry.kind, entry.content, entry.occurred_at,
        entry.previous_hash, entry.hash
    FROM unnest(%(entry_ids)s::uuid[], %(indexes)s::int[], %(kinds)s::text[], %(contents)s::text[],
        %(moments)s::timestamptz[], %(previous_hashes)s::text[], %(hashes)s::text[])
        AS entry(id, index, kind, content, occurred_at, previous_hash, hash)
), changed AS (
    INSERT INTO assessments_gradechange (id, tenant_id, attempt_id, to_points, reason, occurred_at)
    SELECT %(change)s::uuid, %(tenant)s::uuid, %(attempt)s::uuid, %(score)s::numeric, '', %(now)s::timestamptz
    WHERE %(is_graded)s::boolean
)
UPDATE assessments_attempt SET
    status = %(status)s::text, submitted_at = %(submitted_at)s::timestamptz, submitted_by = %(submitted_by)s::text,
    journal_length = %(journal_length)s::int, journal_head = %(journal_head)s::text, raw_score = %(raw_score)s::numeric,
    score = %(score)s::numeric, percentage = %(percentage)s::numeric, is_passed = %(is_passed)s::boolean,
    late_penalty_percentage = %(late_penalty_percentage)s::numeric, graded_at = %(graded_at)s::timestamptz,
    version = %(version)s::int
WHERE tenant_id = %(tenant)s::uuid AND id = %(attempt)s::uuid
""".split()
)
_OF_THE_ATTEMPT: Final = (
    "status", "submitted_at", "submitted_by", "journal_length", "journal_head", "raw_score", "score", "percentage",
    "is_passed", "late_penalty_percentage", "graded_at", "version",
)  # fmt: skip


def finish(
    attempt: Attempt, points: Mapping[UUID, Decimal | None], entries: Sequence[JournalEntry], *, now: datetime
) -> None:
    """Store an attempt that has just been handed in.

    Args:
        attempt: locked by the caller, with the values that it now has.
        points: of the answers that its key could grade, by question.
        entries: what is new in its journal.
        now: the moment.
    """
    values: dict[str, Any] = {name: getattr(attempt, name) for name in _OF_THE_ATTEMPT}
    values |= {
        "tenant": current_tenant_id(), "attempt": attempt.id, "now": now, "change": new_id(),
        "is_graded": attempt.status == AttemptStatus.GRADED,
        "questions": list(points), "points": list(points.values()),
        "entry_ids": [entry.id for entry in entries], "indexes": [entry.index for entry in entries],
        "kinds": [str(entry.kind) for entry in entries], "contents": [entry.content for entry in entries],
        "moments": [entry.occurred_at for entry in entries],
        "previous_hashes": [entry.previous_hash for entry in entries], "hashes": [entry.hash for entry in entries],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, values)
