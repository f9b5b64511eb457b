"""Saving answers while an attempt runs: replays and late arrivals never overwrite what is newer.

Each answer carries the sequence number of the save that brought it. A save is one statement: the answers that are
newer than what is stored, the journal's entry, and the attempt's head, all or nothing.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.assessments.choices import AttemptStatus, JournalKind, SubmittedBy
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.question_types import InvalidAnswer, question_type
from apps.assessments.selectors.sheets import Given
from apps.assessments.services.finishing import Sent
from apps.assessments.services.journal import next_entry
from apps.assessments.services.statements import SAVE, rows_of
from apps.assessments.services.submitted_files import keep_files, require_own_files
from apps.assessments.services.submitting import hand_in
from apps.core.errors import Conflict, InvalidInput
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id

# What is sent before the deadline may arrive a little after it.
ON_THE_WAY: Final = timedelta(seconds=5)


class AttemptOver(Conflict):
    """The attempt is handed in, or its time is up."""

    code = "attempt_over"


class UnknownQuestion(InvalidInput):
    """The paper has no such question."""

    code = "unknown_question"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server says to a save.

    `saved`: the questions whose stored answer is now the one sent. `superseded`: those for which something newer, or
    the same save, was there already. `entry_hash` is the journal's: whoever keeps it can prove what they sent.
    """

    sequence: int
    received_at: datetime
    saved: list[str]
    superseded: list[str]
    entry_index: int
    entry_hash: str


def lock_attempt(attempt_id: UUID) -> Attempt:
    """Return the attempt with its assessment, locked: what happens to one attempt happens in turn."""
    return Attempt.objects.select_related("assessment").select_for_update(of=("self",)).get(id=attempt_id)


@dataclass(frozen=True, slots=True)
class Saving:
    """Answers that came in and were checked, with the journal's entry about them; nothing of it is stored yet."""

    answers: Mapping[str, Any]
    sequence: int
    entry: JournalEntry

    def newer_than(self, stored: Mapping[str, Given]) -> Sent:
        """Return those answers that are newer than what is stored."""
        newer = {
            question: answer
            for question, answer in self.answers.items()
            if question not in stored or stored[question].sequence < self.sequence
        }
        return Sent(newer, self.sequence)

    def receipt(self, saved: Container[str]) -> Receipt:
        """Return what the server says when the answers to the questions `saved` have been stored."""
        return Receipt(
            sequence=self.sequence,
            received_at=self.entry.occurred_at,
            saved=[question for question in self.answers if question in saved],
            superseded=[question for question in self.answers if question not in saved],
            entry_index=self.entry.index,
            entry_hash=self.entry.hash,
        )


def check_answers(attempt: Attempt, answers: Mapping[str, Any], *, sequence: int | None, now: datetime) -> Saving:
    """Check answers that came in for a running attempt and note them in its journal; the caller stores all of it.

    Args:
        attempt: as `lock_attempt` returned it; its head and its sequence move on.
        answers: by id of the question; an empty one takes the answer back.
        sequence: the client's counter of saves; None: this save is the newest.
        now: the moment of arrival.

    Raises:
        AttemptOver, UnknownQuestion, InvalidAnswer: the attempt is as it was.
    """
    require_running(attempt, now)
    number = attempt.sequence + 1 if sequence is None else sequence
    slots = {slot["question"]: slot for slot in attempt.paper}
    cleaned = {question: _clean(slots, question, answer) for question, answer in answers.items()}
    require_own_files(slots, cleaned, user_id=attempt.user_id)
    entry = next_entry(attempt, JournalKind.SAVED, {"sequence": number, "answers": cleaned}, now=now)
    attempt.sequence = max(attempt.sequence, number)
    return Saving(cleaned, number, entry)


@transaction.atomic(savepoint=False)
def save_answers(
    *, attempt: Attempt, answers: Mapping[str, Any], sequence: int | None = None, now: datetime | None = None
) -> Receipt:
    """Store some answers of a running attempt, locked by the caller; arguments and errors are `check_answers`'s."""
    saving = check_answers(attempt, answers, sequence=sequence, now=now or timezone.now())
    versions = {slot["question"]: slot["version"] for slot in attempt.paper}
    entry = saving.entry
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "attempt": attempt.id, "sequence": saving.sequence, "now": entry.occurred_at,
        "answers": rows_of(
            {"id": new_id(), "question_id": question, "version_id": versions[question], "answer": answer}
            for question, answer in saving.answers.items()
        ),
        "entry": entry.id, "index": entry.index, "kind": entry.kind, "content": entry.content,
        "previous": entry.previous_hash, "hash": entry.hash,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SAVE, values)
        saved = {str(question_id) for (question_id,) in cursor.fetchall()}
    keep_files(attempt, {question: saving.answers[question] for question in saved})
    return saving.receipt(saved)


def require_running(attempt: Attempt, now: datetime) -> None:
    """Refuse an attempt that is over.

    Raises:
        AttemptOver: it is handed in, or its deadline has passed, but for what was on the way.
    """
    if attempt.status != AttemptStatus.IN_PROGRESS:
        detail = "The attempt is handed in; its answers cannot be changed any more."
        raise AttemptOver(detail)
    if is_past(attempt, now):
        detail = "The time of the attempt is up; what was saved until then is handed in."
        raise AttemptOver(detail)


def is_past(attempt: Attempt, now: datetime) -> bool:
    """Whether the deadline has passed, and the time for what was on the way with it."""
    return attempt.deadline_at is not None and now - ON_THE_WAY > attempt.deadline_at


def end_if_past(*, attempt: Attempt, now: datetime) -> bool:
    """Hand in an attempt, locked by the caller, whose deadline has passed; return whether it was one."""
    if attempt.status != AttemptStatus.IN_PROGRESS or not is_past(attempt, now):
        return False
    hand_in(attempt=attempt, submitted_by=SubmittedBy.DEADLINE, now=now)
    return True


def _clean(slots: Mapping[str, Any], question: str, answer: Any) -> Any:
    slot = slots.get(question)
    if slot is None:
        message = "There is no such question on this paper."
        raise UnknownQuestion(message, field=f"answers.{question[:40]}")
    if answer is None or answer == {}:
        return None
    try:
        return question_type(slot["question_type"]).clean_answer(slot["type_specific_data"], answer)
    except InvalidAnswer as error:
        path = f"answers.{question}"
        field = path if error.field in {None, InvalidAnswer.default_field} else f"{path}.{error.field}"
        raise InvalidAnswer(error.detail, field=field) from error
