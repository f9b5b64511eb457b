"""How far enrolments are, computed from their items, and the completion that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.core.tenancy.context import current_tenant_id
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.services.history import Step, record
from apps.enrollments.services.statements import RECALCULATE, RECALCULATE_COURSE

ALL_DONE: Final = "All required items are completed."


@dataclass(frozen=True, slots=True)
class Standing:
    """How an enrolment stands after a recalculation."""

    status: str
    progress_percentage: Decimal
    completed_at: datetime | None


def recalculate(
    *, enrollment_id: UUID, course_id: UUID, from_status: str, now: datetime, touched_item_id: UUID | None = None
) -> Standing:
    """Bring one enrolment to what its items say, and complete it when nothing required is left.

    The caller's transaction holds the lock on the row, under which it read `from_status`; that makes
    active → completed a step that happens once.

    Args:
        enrollment_id: which enrolment.
        course_id: its course.
        from_status: its status under the lock.
        now: the moment of the activity, and of the completion if there is one.
        touched_item_id: the item that the learner was just at; it becomes the resume point.
    """
    values = {
        "tenant": current_tenant_id(), "enrollment": enrollment_id, "course": course_id, "item": touched_item_id,
        "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECALCULATE, values)
        ((_, user_id, status, percentage, completed_at),) = cursor.fetchall()
    if status != from_status:
        step = Step(enrollment_id, course_id, user_id, from_status, status)
        record([step], actor_id=None, now=now, reason=ALL_DONE)
    return Standing(status, percentage, completed_at)


@transaction.atomic
def recalculate_course(*, course_id: UUID, now: datetime | None = None) -> int:
    """Bring all enrolments of a course to what its items say now, after the course has changed.

    Completed enrolments stay as they were achieved, whatever is added to the course later; those that have
    nothing required left are completed. A course without required items completes nobody.

    Returns:
        How many enrolments were completed by this.
    """
    moment = now or timezone.now()
    # Reports of progress wait for the locks; a statement of its own then counts what they left behind.
    unfinished = Enrollment.objects.filter(course_id=course_id).exclude(status=EnrollmentStatus.COMPLETED)
    list(unfinished.select_for_update().order_by("id").values_list("id"))
    with connection.cursor() as cursor:
        cursor.execute(RECALCULATE_COURSE, {"tenant": current_tenant_id(), "course": course_id, "now": moment})
        changed = cursor.fetchall()
    steps = [
        Step(enrollment_id, course_id, user_id, EnrollmentStatus.ACTIVE, status)
        for enrollment_id, user_id, status in changed
        if status == EnrollmentStatus.COMPLETED
    ]
    record(steps, actor_id=None, now=moment, reason=ALL_DONE)
    return len(steps)
