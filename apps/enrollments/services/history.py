"""What every change of status leaves behind: a row of history and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.core.events import emit
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.events import EnrollmentCompleted, EnrollmentCreated, EnrollmentStatusChanged
from apps.enrollments.models import EnrollmentTransition


@dataclass(frozen=True, slots=True)
class Step:
    """One enrolment that has just moved; `from_status` is empty for a new one."""

    enrollment_id: UUID
    course_id: UUID
    user_id: UUID
    from_status: str
    to_status: str


def record(steps: Sequence[Step], *, actor_id: UUID | None, now: datetime, reason: str = "") -> None:
    """Write the history of `steps` in one INSERT, then tell the others; `actor_id` None stands for the system."""
    EnrollmentTransition.objects.bulk_create(
        EnrollmentTransition(
            enrollment_id=step.enrollment_id,
            from_status=step.from_status,
            to_status=step.to_status,
            actor_id=actor_id,
            reason=reason,
            occurred_at=now,
        )
        for step in steps
    )
    for step in steps:
        _announce(step, now)


def _announce(step: Step, now: datetime) -> None:
    about = {"enrollment_id": step.enrollment_id, "course_id": step.course_id, "user_id": step.user_id}
    if step.from_status:
        emit(EnrollmentStatusChanged(**about, from_status=step.from_status, to_status=step.to_status))
    if step.from_status in {"", EnrollmentStatus.DROPPED, EnrollmentStatus.EXPIRED}:
        emit(EnrollmentCreated(**about))
    if step.to_status == EnrollmentStatus.COMPLETED:
        emit(EnrollmentCompleted(**about, completed_at=now))
