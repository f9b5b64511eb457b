"""What a learner does with a running attempt: save, and hand in; each under the attempt's lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AttemptStatus, SubmittedBy
from apps.assessments.models import Attempt
from apps.assessments.selectors.sheets import Sheet, sheet_of
from apps.assessments.services.saving import (
    AttemptOver,
    Receipt,
    check_answers,
    end_if_past,
    lock_attempt,
    save_answers,
)
from apps.assessments.services.submitting import end_attempt


@dataclass(frozen=True, slots=True)
class Taken:
    """The attempt after the request, the receipt when answers were saved, and its sheet when this has handed it in."""

    attempt: Attempt
    receipt: Receipt | None
    sheet: Sheet | None = None


def take_attempt(
    *,
    attempt_id: UUID,
    answers: Mapping[str, Any] | None = None,
    sequence: int | None = None,
    submit: bool = False,
    now: datetime | None = None,
    find: Callable[[UUID], Attempt] = lock_attempt,
) -> Taken:
    """Save answers, hand the attempt in, or both: all or nothing.

    Handing in what is handed in already answers with the attempt as it is, so that a lost answer can be asked for
    again; answers that come with it are not looked at. An attempt whose time is up is handed in by this very request
    when no worker has done it yet.

    Args:
        attempt_id: which one.
        answers: by id of the question; None: nothing to save.
        sequence: the client's counter of saves.
        submit: whether to hand in.
        now: the moment of arrival.
        find: looks the attempt up as `lock_attempt` does, and raises where the caller may not have it.

    Raises:
        AttemptOver: the answers came too late; what was saved before is kept and handed in.
        UnknownQuestion, InvalidAnswer: nothing was saved, and the attempt was not handed in.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        attempt = find(attempt_id)
        has_ended = attempt.status != AttemptStatus.IN_PROGRESS or end_if_past(attempt=attempt, now=moment)
        if not has_ended:
            if submit:
                return _hand_in(attempt, answers, sequence=sequence, now=moment)
            receipt = None
            if answers is not None:
                receipt = save_answers(attempt=attempt, answers=answers, sequence=sequence, now=moment)
            return Taken(attempt, receipt)
    if submit:
        return Taken(attempt, None)
    detail = "The attempt is handed in; its answers cannot be changed any more."
    raise AttemptOver(detail)


def _hand_in(attempt: Attempt, answers: Mapping[str, Any] | None, *, sequence: int | None, now: datetime) -> Taken:
    """Hand in with the answers that came with it, if any did: all of it is stored by one statement."""
    if answers is None:
        sheet = end_attempt(attempt, sheet_of(attempt), submitted_by=SubmittedBy.LEARNER, now=now)
        return Taken(attempt, None, sheet)
    saving = check_answers(attempt, answers, sequence=sequence, now=now)
    stored = sheet_of(attempt)
    sent = saving.newer_than(stored.answers)
    sheet = end_attempt(
        attempt, stored, submitted_by=SubmittedBy.LEARNER, now=now, sent=sent, entries=[saving.entry]
    )  # fmt: skip
    return Taken(attempt, saving.receipt(sent.answers), sheet)


def look_at_attempt(*, attempt: Attempt, now: datetime | None = None) -> Attempt:
    """Return the attempt as it stands now: one whose time is up is handed in first."""
    moment = now or timezone.now()
    if attempt.status != AttemptStatus.IN_PROGRESS or attempt.deadline_at is None or moment <= attempt.deadline_at:
        return attempt
    with transaction.atomic():
        locked = lock_attempt(attempt.id)
        end_if_past(attempt=locked, now=moment)
    return locked
