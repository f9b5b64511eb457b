"""What happened to background work."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events.base import Event


@dataclass(frozen=True, kw_only=True)
class JobFinished(Event):
    """A job came to its end: `state` is succeeded, failed or cancelled. One that is tried again ends again."""

    name: ClassVar[str] = "job.finished.v1"

    job_id: UUID
    kind: str
    state: str
    subject_id: UUID | None
    created_by_id: UUID
    error_code: str
