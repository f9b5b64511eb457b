"""The end of a job, whichever it is."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from apps.core.choices import JobState
from apps.core.events import emit
from apps.core.jobs.events import JobFinished
from apps.core.jobs.states import KEEP_FINISHED
from apps.core.models import Job
from apps.core.storage import StorageUnavailable, object_store

logger = logging.getLogger(__name__)


@transaction.atomic
def finish(
    held: QuerySet[Job], *, job: Job, state: JobState, now: datetime, facts: Mapping[str, Any] | None = None
) -> bool:
    """End the job if it still is among `held`, and tell so; return whether it was.

    What did not succeed keeps its rows, since what they say has happened, and loses its file.
    """
    changes: dict[str, Any] = {"state": state, "finished_at": now, "expires_at": now + KEEP_FINISHED, **(facts or {})}
    orphan = ""
    if state != JobState.SUCCEEDED:
        changes |= WITHOUT_FILE
        orphan = held.values_list("result_key", flat=True).select_for_update().first() or ""
    if not held.update(version=F("version") + 1, **changes):
        return False
    discard_on_commit(orphan)
    emit(
        JobFinished(
            job_id=job.id,
            kind=job.kind,
            state=state,
            subject_id=job.subject_id,
            created_by_id=job.created_by_id,
            error_code=changes.get("error_code", ""),
        )
    )
    return True


WITHOUT_FILE: Mapping[str, Any] = {"result_key": "", "result_name": "", "result_media_type": "", "result_size": None}


def discard(*keys: str) -> None:
    """Delete objects that nobody refers to. What the store refuses now, the nightly purge finds later."""
    found = [key for key in keys if key]
    if not found:
        return
    try:
        object_store().delete(found)
    except StorageUnavailable:
        logger.warning("objects_left_behind", extra={"keys": found})


def discard_on_commit(*keys: str) -> None:
    """Delete objects once no row refers to them for good."""
    transaction.on_commit(lambda: discard(*keys), robust=True)
