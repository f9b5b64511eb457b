"""Handing in an attempt, and grading what the key can grade."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.assessments.choices import AttemptStatus, JournalKind, SubmittedBy
from apps.assessments.events import AttemptSubmitted
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.selectors.sheets import Given, Sheet, sheet_of
from apps.assessments.services.finishing import NOTHING_SENT, Sent, finish
from apps.assessments.services.grading import grade_by_key, graded_entry, graded_event
from apps.assessments.services.journal import next_entry
from apps.assessments.services.submitted_files import pin_files
from apps.core.events import Event, emit_all


@transaction.atomic(savepoint=False)
def hand_in(*, attempt: Attempt, submitted_by: SubmittedBy, now: datetime) -> Attempt:
    """End a running attempt with the answers that are stored, and grade it as far as its key goes.

    An attempt that is handed in already stays as it is. One that the deadline ended counts as handed in at the
    deadline, whenever a worker, or the next request, gets to it.

    Args:
        attempt: locked by the caller, with its assessment.
        submitted_by: who ended it.
        now: the moment.
    """
    if attempt.status == AttemptStatus.IN_PROGRESS:
        sheet = sheet_of(attempt)
        end_attempt(attempt, sheet, submitted_by=submitted_by, now=now)
    return attempt


def end_attempt(
    attempt: Attempt,
    sheet: Sheet,
    *,
    submitted_by: SubmittedBy,
    now: datetime,
    sent: Sent = NOTHING_SENT,
    entries: Sequence[JournalEntry] = (),
) -> Sheet:
    """End a running attempt and store it, with answers that came with it; return its sheet with what they are worth.

    Args:
        attempt: locked by the caller, in a transaction.
        sheet: its keys, and the answers that are stored.
        submitted_by: who ended it.
        now: the moment.
        sent: answers to store with it.
        entries: of the journal, about them.
    """
    given = {question: Given(answer, sent.sequence) for question, answer in sent.answers.items()}
    answers = {**sheet.answers, **given}
    ended = now
    if attempt.deadline_at is not None and attempt.deadline_at < now:
        ended = attempt.deadline_at
    attempt.submitted_at, attempt.submitted_by = ended, submitted_by.value
    content: dict[str, Any] = {"submitted_by": submitted_by.value, "submitted_at": ended}
    until = ended if submitted_by == SubmittedBy.DEADLINE else None
    if files := pin_files(attempt, {question: answer.answer for question, answer in answers.items()}, until=until):
        content["files"] = files
    noted = [*entries, next_entry(attempt, JournalKind.SUBMITTED, content, now=now)]
    graded = grade_by_key(attempt, sheet.keys, answers, now=now)
    events: list[Event] = [_submitted_event(attempt, ended)]
    if attempt.status == AttemptStatus.GRADED:
        noted.append(graded_entry(attempt, by=None, now=now))
        events.append(graded_event(attempt))
    attempt.version += 1
    finish(attempt, graded, noted, sent=sent, now=now)
    emit_all(*events)
    return Sheet(sheet.keys, graded)


def _submitted_event(attempt: Attempt, submitted_at: datetime) -> AttemptSubmitted:
    return AttemptSubmitted(
        attempt_id=attempt.id,
        assessment_id=attempt.assessment_id,
        course_id=attempt.assessment.course_id,
        user_id=attempt.user_id,
        submitted_by=attempt.submitted_by,
        submitted_at=submitted_at,
    )
