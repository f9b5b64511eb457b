"""Writing down that an attempt is handed in: answers, points, journal, grade and its history in one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    points: Mapping[str, Decimal],
    entries: Sequence[JournalEntry],
    *,
    sent: Sent,
    now: datetime,
) -> None:
    """Store an attempt that has just been handed in.

    Args:
        attempt: locked by the caller, with the values that it now has.
        points: of the answers that its key could grade, by question.
        entries: what is new in its journal.
        sent: the answers that came with the handing in.
        now: the moment.
    """
    values: dict[str, Any] = {name: getattr(attempt, name) for name in _OF_THE_ATTEMPT}
    values |= {
        "tenant": current_tenant_id(), "attempt": attempt.id, "now": now, "change": new_id(),
        "is_graded": attempt.status == AttemptStatus.GRADED,
    }  # fmt: skip
    values |= _of_answers(attempt, sent, points) | _of_entries(entries)
    with connection.cursor() as cursor:
        cursor.execute(FINISH, values)


def _of_answers(attempt: Attempt, sent: Sent, points: Mapping[str, Decimal]) -> dict[str, Any]:
    """Return the columns of the answers to store, and of those that are stored and get their points only."""
    answers = sent.answers
    stored = [question for question in points if question not in answers]
    versions = {slot["question"]: slot["version"] for slot in attempt.paper} if answers else {}
    return {
        "stored_questions": [UUID(question) for question in stored],
        "stored_points": [points[question] for question in stored],
        "sent_sequence": sent.sequence,
        "sent_ids": [new_id() for _ in answers],
        "sent_questions": [UUID(question) for question in answers],
        "sent_versions": [UUID(versions[question]) for question in answers],
        "sent_answers": [json.dumps(answer) for answer in answers.values()],
        "sent_points": [points.get(question) for question in answers],
    }


def _of_entries(entries: Sequence[JournalEntry]) -> dict[str, Any]:
    return {
        "entry_ids": [entry.id for entry in entries],
        "indexes": [entry.index for entry in entries],
        "kinds": [str(entry.kind) for entry in entries],
        "contents": [entry.content for entry in entries],
        "previous_hashes": [entry.previous_hash for entry in entries],
        "hashes": [entry.hash for entry in entries],
    }
