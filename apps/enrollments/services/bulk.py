"""Many learners into one course, each with an answer of their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.errors import DomainError, InvalidInput
from apps.courses.choices import CourseStatus
from apps.courses.models import Course
from apps.courses.services import take_seat
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.services.enrolling import (
    COME_BACK_BY_STAFF,
    AlreadyEnrolled,
    CourseNotOpen,
    create_enrollments,
    require_what_the_course_asks,
)
from apps.enrollments.services.transitions import ExpiryInThePast, change_enrollment_status
from apps.enrollments.state_machine import Action
from apps.users.choices import AccountStatus
from apps.users.models import User

MAX_LEARNERS: Final = 500


class TooManyLearners(InvalidInput):
    """More learners than one call takes."""

    code = "too_many"
    default_detail = f"One call enrols at most {MAX_LEARNERS} learners; nobody was enrolled. Send several calls."


class BulkRow(TypedDict):
    """What became of one learner: `created`, `reopened`, or the code of what stood in the way."""

    user: UUID
    result: str
    enrollment: UUID | None


@transaction.atomic
def enroll_many(
    *,
    user_ids: Sequence[UUID],
    course: Course,
    by: User,
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> list[BulkRow]:
    """Enrol many learners in one transaction; what stands in the way of one does not stop the others.

    Args:
        user_ids: at most `MAX_LEARNERS`; repeated ones count once.
        course: the course, as it was read.
        by: the staff.
        expires_at: for the new ones; otherwise the course's `access_days` say.
        now: the moment of the enrolment.

    Returns:
        One row per learner, in the order given.

    Raises:
        TooManyLearners, CourseNotOpen, ExpiryInThePast: nobody was enrolled.
    """
    moment = now or timezone.now()
    wanted = list(dict.fromkeys(user_ids))
    if len(wanted) > MAX_LEARNERS:
        raise TooManyLearners
    if course.status != CourseStatus.PUBLISHED:
        raise CourseNotOpen
    if expires_at is not None and expires_at <= moment:
        raise ExpiryInThePast
    users = User.objects.filter(id__in=wanted, status=AccountStatus.ACTIVE).in_bulk()
    existing = _lock(course, wanted)
    rows: dict[UUID, BulkRow] = {}
    admitted: list[User] = []
    for user_id in wanted:
        user = users.get(user_id)
        if user is None:
            rows[user_id] = BulkRow(user=user_id, result="user_not_found", enrollment=None)
            continue
        rows[user_id] = _admit(user, existing.get(user_id), course=course, by=by, now=moment)
        if rows[user_id]["result"] == "created":
            admitted.append(user)
    for created in create_enrollments(
        admitted, course=course, by=by, status=EnrollmentStatus.ACTIVE, expires_at=expires_at, now=moment
    ):
        rows[created.user_id]["enrollment"] = created.id
    return [rows[user_id] for user_id in wanted]


def _lock(course: Course, user_ids: Sequence[UUID]) -> Mapping[UUID, Enrollment]:
    """Lock the enrolments, then the course, in the order of every other writer; return what is there then."""
    enrollments = Enrollment.objects.filter(course_id=course.id, user_id__in=user_ids).order_by("id")
    list(enrollments.select_for_update().values_list("id"))
    list(Course.objects.select_for_update(no_key=True).filter(id=course.id).values_list("id"))
    return {enrollment.user_id: enrollment for enrollment in enrollments}


def _admit(user: User, existing: Enrollment | None, *, course: Course, by: User, now: datetime) -> BulkRow:
    """Bring one learner back, or take the seat for a new enrolment that the caller inserts with the others."""
    try:
        if existing is None:
            if by.id == user.id:
                require_what_the_course_asks(user, course)
            take_seat(course_id=course.id)
            return BulkRow(user=user.id, result="created", enrollment=None)
        if existing.status not in COME_BACK_BY_STAFF:
            raise AlreadyEnrolled(existing)
        existing.course = course
        change_enrollment_status(enrollment=existing, action=Action.REACTIVATE, by=by, now=now)
    except DomainError as error:
        return BulkRow(user=user.id, result=error.code, enrollment=existing.id if existing else None)
    return BulkRow(user=user.id, result="reopened", enrollment=existing.id)
