"""What happened to enrolments."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class EnrollmentCreated(Event):
    """A learner is in a course: new, or back after having left."""

    name: ClassVar[str] = "enrollment.created.v1"
    enrollment_id: UUID
    course_id: UUID
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class EnrollmentStatusChanged(Event):
    """An enrolment moved in its state machine."""

    name: ClassVar[str] = "enrollment.status_changed.v1"
    enrollment_id: UUID
    course_id: UUID
    user_id: UUID
    from_status: str
    to_status: str


@dataclass(frozen=True, kw_only=True)
class EnrollmentCompleted(Event):
    """A learner finished all required items of a course."""

    name: ClassVar[str] = "enrollment.completed.v1"
    enrollment_id: UUID
    course_id: UUID
    user_id: UUID
    completed_at: datetime
