"""What is left of jobs when their time is over."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction

from apps.core.jobs.ending import discard_on_commit
from apps.core.models import Job
from apps.core.storage import object_store
from apps.core.tenancy.context import current_tenant_id

BATCH: Final = 100
OBJECTS: Final = 500
OBJECT_AGE: Final = timedelta(days=1)


def purge_jobs(*, now: datetime) -> int:
    """Delete the open tenant's jobs that ended longer ago than they are kept, and files that no job names.

    Returns:
        How many jobs, and how many files without one, there were.

    Raises:
        StorageUnavailable: the store failed; what was found until then is gone.
    """
    count = 0
    while purged := _purge_batch(now):
        count += purged
    return count + _purge_orphans(now)


@transaction.atomic
def _purge_batch(now: datetime) -> int:
    """Hold jobs that nobody is trying again at this moment, and delete them; their files after that."""
    expired = Job.objects.select_for_update(skip_locked=True).filter(expires_at__lt=now).order_by("expires_at", "id")
    keys = dict(expired.values_list("id", "result_key")[:BATCH])
    Job.objects.filter(id__in=keys).delete()
    discard_on_commit(*keys.values())
    return len(keys)


def _purge_orphans(now: datetime) -> int:
    """Delete what a process left that died between store and database; nothing young, for its row may be coming."""
    store = object_store()
    old = (found.key for found in store.objects(f"{current_tenant_id()}/jobs/") if found.modified_at < now - OBJECT_AGE)
    count = 0
    while keys := list(islice(old, OBJECTS)):
        named = set(Job.objects.filter(result_key__in=keys).values_list("result_key", flat=True))
        orphans = [key for key in keys if key not in named]
        store.delete(orphans)
        count += len(orphans)
    return count
