"""The clock of files."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from apps.core.each_tenant import in_each_tenant
from apps.files.services.collecting import collect_orphans
from apps.files.services.upload_states import close_due

EXPIRY_BATCH: Final = 200


# Uploads.
@shared_task(name="files.expire_uploads")
def expire_uploads() -> int:
    """Close what nobody completed in time, school by school and in batches; return how many uploads."""
    return in_each_tenant(_expire_uploads)


def _expire_uploads() -> int:
    now = timezone.now()
    count = 0
    while closed := close_due(now=now, limit=EXPIRY_BATCH):
        count += closed
    return count


@shared_task(name="files.collect_orphans")
def collect_all_orphans() -> int:
    """Delete what nothing refers to any more, school by school; return how many objects, blobs and uploads."""
    return in_each_tenant(_collect_orphans)


def _collect_orphans() -> int:
    found = collect_orphans(now=timezone.now())
    return found.blobs + found.objects + found.multiparts
