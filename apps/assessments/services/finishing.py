"""Writing down that an attempt is handed in: points, journal, grade and its history in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.services.statements import FINISH
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id

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
        cursor.execute(FINISH, values)
