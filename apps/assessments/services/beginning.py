"""Writing down that an attempt has begun: its row and the first entry of its journal in one statement."""

from typing import Any, Final

from django.db import connection
from psycopg.types.json import Jsonb

from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.services.statements import BEGIN
from apps.core.tenancy.context import current_tenant_id

_OF_THE_ATTEMPT: Final = (
    "id", "assessment_id", "enrollment_id", "user_id", "number", "seed", "started_at", "deadline_at", "due_at",
    "journal_length", "journal_head", "max_score",
)  # fmt: skip


def begin(attempt: Attempt, entry: JournalEntry) -> None:
    """Store an attempt that has just been made, with the entry that says so.

    Args:
        attempt: new, with its paper; not graded, without answers.
        entry: the first of its journal, at the moment of the start.
    """
    values: dict[str, Any] = {name: getattr(attempt, name) for name in _OF_THE_ATTEMPT}
    values |= {
        "tenant": current_tenant_id(), "status": str(attempt.status), "paper": Jsonb(attempt.paper),
        "entry": entry.id, "index": entry.index, "kind": str(entry.kind), "content": entry.content,
        "previous": entry.previous_hash,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
    attempt._state.adding = False  # noqa: SLF001  as Django marks what is stored
