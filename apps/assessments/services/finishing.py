"""Writing down that an attempt is handed in: answers, points, journal, grade and its history in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.selectors.sheets import Given
from apps.assessments.services.statements import FINISH, rows_of
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id

_OF_THE_ATTEMPT: Final = (
    "status", "submitted_at", "submitted_by", "sequence", "journal_length", "journal_head", "raw_score", "score",
    "percentage", "is_passed", "late_penalty_percentage", "graded_at", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """Answers that are newer than what is stored, by question, and the number of the save that they came with."""

    answers: Mapping[str, Any]
    sequence: int


NOTHING_SENT: Final = Sent({}, 0)


def finish(
    attempt: Attempt,
    answers: Mapping[str, Given],
    entries: Sequence[JournalEntry],
    *,
    sent: Sent,
    now: datetime,
) -> None:
    """Store an attempt that has just been handed in.

    Args:
        attempt: locked by the caller, with the values that it now has.
        answers: all of them, with the points that its key could give.
        entries: what is new in its journal.
        sent: those of the answers that came with the handing in.
        now: the moment.
    """
    values: dict[str, Any] = {name: getattr(attempt, name) for name in _OF_THE_ATTEMPT}
    values |= {
        "tenant": current_tenant_id(), "attempt": attempt.id, "now": now, "change": new_id(),
        "is_graded": attempt.status == AttemptStatus.GRADED, "sent_sequence": sent.sequence,
        "sent": rows_of(_sent_rows(attempt, answers, sent)),
        "graded": rows_of(_graded_rows(answers, sent)),
        "entries": rows_of(_entry_row(entry) for entry in entries),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FINISH, values)


def _sent_rows(attempt: Attempt, answers: Mapping[str, Given], sent: Sent) -> list[dict[str, Any]]:
    """Return the answers to store, with their points."""
    versions = {slot["question"]: slot["version"] for slot in attempt.paper} if sent.answers else {}
    return [
        {
            "id": new_id(),
            "question_id": question,
            "version_id": versions[question],
            "answer": answer,
            "points": answers[question].points,
        }
        for question, answer in sent.answers.items()
    ]


def _graded_rows(answers: Mapping[str, Given], sent: Sent) -> list[dict[str, Any]]:
    """Return the points of those that are stored already."""
    return [
        {"question_id": question, "points": given.points}
        for question, given in answers.items()
        if given.points is not None and question not in sent.answers
    ]


def _entry_row(entry: JournalEntry) -> dict[str, Any]:
    return {
        "id": entry.id, "index": entry.index, "kind": entry.kind, "content": entry.content,
        "previous_hash": entry.previous_hash, "hash": entry.hash,
    }  # fmt: skip
