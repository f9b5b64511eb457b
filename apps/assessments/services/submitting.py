"""Handing in an attempt, and grading what the key can grade."""

from datetime import datetime
from typing import Any

from django.db import transaction

from apps.assessments.choices import AttemptStatus, JournalKind, SubmittedBy
from apps.assessments.events import AttemptSubmitted
from apps.assessments.models import Attempt
from apps.assessments.services.grading import grade_by_key
from apps.assessments.services.journal import next_entry
from apps.core.events import emit


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
    if attempt.status != AttemptStatus.IN_PROGRESS:
        return attempt
    ended = now
    if attempt.deadline_at is not None and attempt.deadline_at < now:
        ended = attempt.deadline_at
    attempt.submitted_at = ended
    attempt.submitted_by = submitted_by
    content: dict[str, Any] = {"submitted_by": submitted_by.value, "submitted_at": ended}
    entries = [next_entry(attempt, JournalKind.SUBMITTED, content, now=now)]
    grade_by_key(attempt=attempt, entries=entries, now=now)
    emit(
        AttemptSubmitted(
            attempt_id=attempt.id,
            assessment_id=attempt.assessment_id,
            course_id=attempt.assessment.course_id,
            user_id=attempt.user_id,
            submitted_by=submitted_by.value,
            submitted_at=ended,
        )
    )
    return attempt
