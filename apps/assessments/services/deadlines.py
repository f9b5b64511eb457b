"""The clock: attempts whose time is up are handed in with what they have."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt
from apps.assessments.services.saving import ON_THE_WAY, end_if_past

BATCH: Final = 200


def submit_overdue_attempts(*, now: datetime) -> int:
    """Hand in the overdue attempts of the open tenant, each in a transaction of its own; return how many."""
    count = 0
    while overdue := _next_overdue(now):
        ended = sum(_submit(attempt_id, now) for attempt_id in overdue)
        count += ended
        if ended == 0:
            break
    return count


def _next_overdue(now: datetime) -> list[UUID]:
    running = Attempt.objects.filter(status=AttemptStatus.IN_PROGRESS, deadline_at__lt=now - ON_THE_WAY)
    return list(running.order_by("deadline_at", "id").values_list("id", flat=True)[:BATCH])


@transaction.atomic
def _submit(attempt_id: UUID, now: datetime) -> bool:
    """Skip what another worker, or the learner, holds at this moment."""
    attempts = Attempt.objects.select_related("assessment").select_for_update(of=("self",), skip_locked=True)
    attempt = attempts.filter(id=attempt_id).first()
    return attempt is not None and end_if_past(attempt=attempt, now=now)
