"""Reports of progress: idempotent, and tolerant to loss, repetition and wrong order.

A row only ever grows: status, percentage, time and attempts are the maximum of all reports, the position is
that of the report with the highest sequence. So any subset of the reports in any order leaves what the
largest of them say. Going back is a request of its own, `reset_progress`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import DomainError, InvalidInput, NotFound, PermissionRefused
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.models import ContentProgress, Enrollment
from apps.enrollments.services.completion import Standing, recalculate
from apps.enrollments.services.statements import REPORT
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.users.models import User

MAX_REPORTS: Final = 200
COMPLETE: Final = 100


class ContentNotFound(NotFound):
    """The item does not exist, or is not published."""

    code = "content_not_found"
    default_detail = "There is no such content item, or it is not published."


class NotEnrolled(PermissionRefused):
    """Progress belongs to an enrolment, and there is none."""

    code = "not_enrolled"
    default_detail = "You are not enrolled in the course of this item. Enrol first: POST /api/enrollments/."


class EnrollmentNotOpen(PermissionRefused):
    """The enrolment does not open the content at present."""

    code = "enrollment_not_open"


class ModuleLocked(PermissionRefused):
    """Another module comes first."""

    code = "module_locked"
    default_detail = "The module of this item opens when the modules that it requires are completed."


class TooManyReports(InvalidInput):
    """More reports than one call takes."""

    code = "too_many"
    default_detail = f"One call takes at most {MAX_REPORTS} reports; none was recorded. Send several calls."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a client says about one content item.

    `percentage` is 0 to 100; `time_spent_seconds` and `attempts` are totals as the client counts them;
    `sequence` is a counter of the client's reports, so that an old one that comes late moves no position.
    """

    content_item_id: UUID
    status: ProgressStatus = ProgressStatus.IN_PROGRESS
    percentage: int = 0
    position_seconds: int | None = None
    time_spent_seconds: int = 0
    attempts: int = 0
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a report was written, under the lock on its enrolment."""

    progress_id: UUID
    enrollment_id: UUID
    course_id: UUID
    enrollment_status: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report led to."""

    recorded: Recorded
    enrollment: Standing


@transaction.atomic
def report_progress(*, user: User, report: Report, now: datetime | None = None) -> Reported:
    """Record how far `user` is with one item, and complete the enrolment when nothing required is left.

    Raises:
        ContentNotFound, NotEnrolled, EnrollmentNotOpen, ModuleLocked: nothing was recorded.
    """
    moment = now or timezone.now()
    recorded = _record(user, report, moment)
    return Reported(recorded, _recalculate(recorded, report.content_item_id, moment))


def _recalculate(recorded: Recorded, item_id: UUID, now: datetime) -> Standing:
    return recalculate(
        enrollment_id=recorded.enrollment_id,
        course_id=recorded.course_id,
        from_status=recorded.enrollment_status,
        now=now,
        touched_item_id=item_id,
    )


def _record(user: User, report: Report, now: datetime) -> Recorded:
    """Find item and enrolment, see that it is open, lock it and write the row: one statement."""
    is_complete = report.status == ProgressStatus.COMPLETED
    values = {
        "tenant": current_tenant_id(),
        "user": user.id,
        "item": report.content_item_id,
        "id": new_id(),
        "status": report.status.value,
        "percentage": COMPLETE if is_complete else report.percentage,
        "position": report.position_seconds,
        "time_spent": report.time_spent_seconds,
        "attempts": report.attempts,
        "sequence": report.sequence,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(REPORT, values)
        row = cursor.fetchone()
    return _recorded(row)


def _recorded(row: tuple[Any, ...] | None) -> Recorded:
    """Say what stood in the way, if the statement wrote nothing."""
    if row is None:
        raise ContentNotFound
    course_id, enrollment_id, status, is_over, is_locked, progress_id = row
    if enrollment_id is None:
        raise NotEnrolled
    if status not in OPEN_THE_CONTENT:
        detail = f"Your enrolment in this course is {status}; its content is closed. Ask the course's staff."
        raise EnrollmentNotOpen(detail, extra={"status": status})
    if is_over:
        detail = "The time of your access to this course is over. Ask the course's staff to extend it."
        raise EnrollmentNotOpen(detail, extra={"status": status})
    if is_locked:
        raise ModuleLocked
    return Recorded(progress_id, enrollment_id, course_id, status)
