"""The file that a job made: a short-lived address of its bytes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.core.choices import JobState
from apps.core.errors import Conflict, NotFound
from apps.core.models import Job
from apps.core.storage import Delivered, object_store

SECONDS: Final = 300


class JobUnfinished(Conflict):
    """There is no file yet."""

    code = "job_unfinished"
    default_detail = "This job is not finished, so there is no file yet. Ask again once its state is succeeded."


@dataclass(frozen=True, slots=True)
class ResultFile:
    """Where the file is to be fetched, until when, and what it is."""

    url: str
    expires_at: datetime
    file_name: str
    media_type: str
    size_bytes: int


def sign_result(job: Job) -> ResultFile:
    """Return a signed address of the job's file, good for `SECONDS`; browsers save it, and never show it.

    Raises:
        JobUnfinished: the job has not ended.
        NotFound: it made no file, or did not succeed.
        StorageUnavailable: the store cannot sign.
    """
    if not JobState(job.state).is_finished:
        raise JobUnfinished
    if not job.result_key:  # whatever did not succeed has none
        message = "This job has no file."
        raise NotFound(message)
    signed = object_store().sign_get(job.result_key, Delivered(job.result_name, job.result_media_type), seconds=SECONDS)
    return ResultFile(
        url=signed.url,
        expires_at=signed.expires_at,
        file_name=job.result_name,
        media_type=job.result_media_type,
        size_bytes=job.result_size or 0,
    )
