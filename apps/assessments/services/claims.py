"""Claims: who grades an attempt at the moment, so that two people do not do the same work."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt
from apps.assessments.services.saving import lock_attempt
from apps.core.errors import Conflict
from apps.core.policies import Actor

CLAIMED_FOR: Final = timedelta(minutes=30)


class AttemptRunning(Conflict):
    """The learner is still at it."""

    code = "attempt_running"
    default_detail = "The attempt is not handed in yet; it can be graded afterwards."


class AttemptClaimed(Conflict):
    """Somebody else grades the attempt at the moment."""

    code = "attempt_claimed"

    def __init__(self, attempt: Attempt) -> None:
        until = attempt.claimed_until.isoformat() if attempt.claimed_until else ""
        detail = f"Somebody else grades this attempt; their claim ends at {until}. Take another one meanwhile."
        super().__init__(detail, extra={"claimed_by": str(attempt.claimed_by_id), "claimed_until": until})


@transaction.atomic
def claim_attempt(*, attempt_id: UUID, by: Actor, now: datetime | None = None) -> Attempt:
    """Keep an attempt for one grader, for `CLAIMED_FOR`; claiming one's own again prolongs it.

    Raises:
        AttemptRunning, AttemptClaimed: nothing was changed.
    """
    moment = now or timezone.now()
    attempt = lock_attempt(attempt_id)
    require_gradable(attempt, by=by, now=moment)
    attempt.claimed_by_id = by.id
    attempt.claimed_until = moment + CLAIMED_FOR
    attempt.save(update_fields=["claimed_by_id", "claimed_until"])
    return attempt


@transaction.atomic
def release_attempt(*, attempt_id: UUID, by: Actor, is_forced: bool = False, now: datetime | None = None) -> Attempt:
    """Give up the claim on an attempt; one that nobody holds stays so.

    Args:
        attempt_id: which one.
        by: who holds the claim.
        is_forced: take it away from whoever holds it.
        now: the moment.

    Raises:
        AttemptClaimed: it is somebody else's.
    """
    attempt = lock_attempt(attempt_id)
    if not is_forced:
        require_unclaimed(attempt, by=by, now=now or timezone.now())
    attempt.claimed_by_id = attempt.claimed_until = None
    attempt.save(update_fields=["claimed_by_id", "claimed_until"])
    return attempt


def require_gradable(attempt: Attempt, *, by: Actor, now: datetime) -> None:
    """Refuse what nobody, or somebody else, grades now.

    Raises:
        AttemptRunning: it is not handed in.
        AttemptClaimed: another grader holds it.
    """
    if attempt.status == AttemptStatus.IN_PROGRESS:
        raise AttemptRunning
    require_unclaimed(attempt, by=by, now=now)


def require_unclaimed(attempt: Attempt, *, by: Actor, now: datetime) -> None:
    """Refuse an attempt that another grader holds.

    Raises:
        AttemptClaimed: their claim has not ended.
    """
    if holder_of(attempt, now=now) not in {None, by.id}:
        raise AttemptClaimed(attempt)


def holder_of(attempt: Attempt, *, now: datetime) -> UUID | None:
    """Return who grades the attempt at this moment; None: nobody."""
    is_held = attempt.claimed_until is not None and attempt.claimed_until > now
    return attempt.claimed_by_id if is_held else None
