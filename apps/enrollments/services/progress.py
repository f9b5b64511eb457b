"""Reports of progress: idempotent, and tolerant to loss, repetition and wrong order.

A row only ever grows: status, percentage, time and attempts are the maximum of all reports, the position is
that of the report with the highest sequence. So any subset of the reports in any order leaves what the
largest of them say. Going back is a request of its own, `reset_progress`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import DomainError, InvalidInput, NotFound, PermissionRefused
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id
from apps.courses.models import ContentItem
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


class ItemRow(TypedDict):
    """How far a learner is with one item, as it is stored."""

    content_item: UUID
    status: str
    percentage: int
    position_seconds: int
    time_spent_seconds: int
    attempts: int
    sequence: int
    completed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a report left behind, under the lock on its enrolment."""

    enrollment_id: UUID
    course_id: UUID
    enrollment_status: str
    item: ItemRow


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report led to: for the item, and for the enrolment."""

    enrollment_id: UUID
    item: ItemRow
    standing: Standing


@transaction.atomic
def report_progress(*, user: User, report: Report, now: datetime | None = None) -> Reported:
    """Record how far `user` is with one item, and complete the enrolment when nothing required is left.

    Raises:
        ContentNotFound, NotEnrolled, EnrollmentNotOpen, ModuleLocked: nothing was recorded.
    """
    moment = now or timezone.now()
    recorded = _record(user, report, moment)
    return Reported(recorded.enrollment_id, recorded.item, _recalculate(recorded, moment))


class BulkReportRow(TypedDict):
    """What became of one report: `recorded`, or the code of what stood in the way."""

    content_item: UUID
    result: str
    progress: ItemRow | None


@transaction.atomic
def report_many(*, user: User, reports: Sequence[Report], now: datetime | None = None) -> list[BulkReportRow]:
    """Record what a client gathered while it was offline; what is refused does not stop the rest.

    Args:
        user: the learner.
        reports: at most `MAX_REPORTS`, oldest first: the last one names the resume point.
        now: the moment of the call.

    Returns:
        One row per report, in the order given.

    Raises:
        TooManyReports: nothing was recorded.
    """
    if len(reports) > MAX_REPORTS:
        raise TooManyReports
    moment = now or timezone.now()
    # Two bulk calls of one learner take their locks in the same order, so neither waits for the other's.
    list(Enrollment.objects.select_for_update().filter(user_id=user.id).order_by("id").values_list("id"))
    rows: list[BulkReportRow] = []
    last: dict[UUID, Recorded] = {}
    for report in reports:
        row = BulkReportRow(content_item=report.content_item_id, result="recorded", progress=None)
        try:
            recorded = _record(user, report, moment)
        except DomainError as error:
            row["result"] = error.code
        else:
            row["progress"] = recorded.item
            last[recorded.enrollment_id] = recorded
        rows.append(row)
    for recorded in last.values():
        _recalculate(recorded, moment)
    return rows


def _recalculate(recorded: Recorded, now: datetime) -> Standing:
    return recalculate(
        enrollment_id=recorded.enrollment_id,
        course_id=recorded.course_id,
        from_status=recorded.enrollment_status,
        now=now,
        touched_item_id=recorded.item["content_item"],
    )


def _record(user: User, report: Report, now: datetime) -> Recorded:
    """Find item and enrolment, see that it is open, lock it and write the row: one statement."""
    is_complete = report.status == ProgressStatus.COMPLETED
    values: dict[str, Any] = {
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
    course_id, enrollment_id, status, is_over, is_locked, *written = row
    if enrollment_id is None:
        raise NotEnrolled
    if status not in OPEN_THE_CONTENT:
        detail = f"Your enrolment in this course is {status}; its content is closed. Ask the course's staff."
        raise EnrollmentNotOpen(detail, extra={"enrollment_status": status})
    if is_over:
        detail = "The time of your access to this course is over. Ask the course's staff to extend it."
        raise EnrollmentNotOpen(detail, extra={"enrollment_status": status})
    if is_locked:
        raise ModuleLocked
    item = ItemRow(**dict(zip(ItemRow.__annotations__, written, strict=True)))  # type: ignore[typeddict-item]
    return Recorded(enrollment_id, course_id, status, item)


@transaction.atomic
def reset_progress(*, user: User, content_item_id: UUID, now: datetime | None = None) -> tuple[UUID, Standing]:
    """Forget what `user` did with one item: the one way back.

    A completed enrolment stays completed, with its percentage and its certificate; an active one goes back.

    Returns:
        The id of the enrolment and how it stands then.

    Raises:
        NotEnrolled: `user` has no enrolment in the item's course, or there is no such item.
        EnrollmentNotOpen: the enrolment is neither active nor completed.
    """
    enrollment = (
        Enrollment.objects.select_for_update()
        .filter(user_id=user.id, course_id__in=ContentItem.objects.filter(id=content_item_id).values("course_id"))
        .first()
    )
    if enrollment is None:
        raise NotEnrolled
    if enrollment.status not in OPEN_THE_CONTENT:
        detail = f"Your enrolment in this course is {enrollment.status}; its progress can't change now."
        raise EnrollmentNotOpen(detail, extra={"enrollment_status": enrollment.status})
    ContentProgress.objects.filter(enrollment_id=enrollment.id, content_item_id=content_item_id).delete()
    standing = recalculate(
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        from_status=enrollment.status,
        now=now or timezone.now(),
    )
    return enrollment.id, standing
