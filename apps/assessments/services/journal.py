"""Writing and checking the journal of an attempt."""

import json
import secrets
from datetime import datetime
from typing import Any, Final

from apps.assessments.choices import JournalKind
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.services.journal_chain import Break, Link, first_break

# What the learner did, or saw, themselves; what the other kinds say waits until the score may be seen.
OPEN_TO_LEARNERS: Final = frozenset(
    {
        JournalKind.STARTED, JournalKind.SAVED, JournalKind.HINT, JournalKind.DEADLINE_CHANGED,
        JournalKind.SUBMITTED,
    }
)  # fmt: skip


def canonical(content: Any) -> str:
    """Return JSON in the one form that is hashed: keys sorted, no blanks."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def next_entry(attempt: Attempt, kind: JournalKind, content: Any, *, now: datetime) -> JournalEntry:
    """Return the entry that comes next, and move the attempt's head to it; the caller holds the lock and saves both.

    What a grade says may be kept from the learner, who sees its hash: a random part keeps them from trying which score
    has that hash.
    """
    if kind not in OPEN_TO_LEARNERS:
        content = {**content, "salt": secrets.token_hex(16)}
    link = Link(
        attempt_id=attempt.id,
        index=attempt.journal_length,
        kind=kind.value,
        content=canonical(content),
        occurred_at=now,
        previous_hash=attempt.journal_head,
    )
    attempt.journal_length += 1
    attempt.journal_head = link.digest()
    return JournalEntry(
        attempt_id=attempt.id,
        index=link.index,
        kind=kind,
        content=link.content,
        occurred_at=now,
        previous_hash=link.previous_hash,
        hash=attempt.journal_head,
    )


def check_journal(attempt: Attempt) -> Break | None:
    """Return where the journal of an attempt is broken; None when it proves what it says."""
    entries = JournalEntry.objects.filter(attempt_id=attempt.id).order_by("index").iterator(chunk_size=500)
    return first_break(
        ((_link_of(entry), entry.hash) for entry in entries),
        length=attempt.journal_length,
        head=attempt.journal_head,
    )


def _link_of(entry: JournalEntry) -> Link:
    return Link(
        attempt_id=entry.attempt_id,
        index=entry.index,
        kind=entry.kind,
        content=entry.content,
        occurred_at=entry.occurred_at,
        previous_hash=entry.previous_hash,
    )
