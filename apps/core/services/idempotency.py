"""Idempotency records are kept for a day."""

from datetime import datetime, timedelta

from django.utils import timezone

from apps.core.models import IdempotencyRecord

KEEP_IDEMPOTENCY = timedelta(days=1)


def purge_idempotency_records(*, now: datetime | None = None) -> int:
    """Delete the open scope's idempotency records older than `KEEP_IDEMPOTENCY`; return how many."""
    limit = (now or timezone.now()) - KEEP_IDEMPOTENCY
    count, _ = IdempotencyRecord.objects.filter(created_at__lt=limit).delete()
    return count
