"""How learners get into courses: by themselves, by staff, one by one or many at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.courses.choices import CourseStatus
from apps.courses.models import Course
from apps.courses.services import take_seat
from apps.enrollments.choices import EnrollmentSource, EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.selectors import missing_prerequisites
from apps.enrollments.services.history import Step, record
from apps.enrollments.services.transitions import ExpiryInThePast, change_enrollment_status, expiry_of
from apps.enrollments.state_machine import Action
from apps.users.models import User


class CourseNotOpen(Conflict):
    """Nobody can be enrolled in a course that is not published."""

    code = "course_not_open"
    default_detail = "This course is not published, so nobody can be enrolled in it. Publish it first."


class SelfEnrollmentClosed(PermissionRefused):
    """Only staff enrol people in this course."""

    code = "self_enrollment_closed"
    default_detail = "This course does not take enrolments by learners. Ask its instructors to enrol you."


class PaymentRequired(DomainError):
    """The course has a price."""

    status = 402
    code = "payment_required"


class AccessIsOver(PermissionRefused):
    """Who leaves and comes back gets no new time: only staff give it."""

    code = "access_over"
    default_detail = "Your time of access to this course is over. Ask its staff to reactivate the enrolment."


class PrerequisitesMissing(Conflict):
    """Other courses come first."""

    code = "prerequisites_missing"


class AlreadyEnrolled(Conflict):
    """There is an enrolment; the answer names it, so that the client can go on with it."""

    code = "already_enrolled"

    def __init__(self, enrollment: Enrollment) -> None:
        super().__init__(
            _ALREADY[enrollment.status],
            extra={"enrollment": str(enrollment.id), "enrollment_status": enrollment.status},
        )


_ALREADY: Final[dict[str, str]] = {
    EnrollmentStatus.PENDING: "The enrolment exists already and waits for approval.",
    EnrollmentStatus.ACTIVE: "The learner is enrolled in this course already; go on with that enrolment.",
    EnrollmentStatus.COMPLETED: "The learner has completed this course already; it stays open to them.",
    EnrollmentStatus.SUSPENDED: "The enrolment is suspended. Staff of the course can reactivate it.",
    EnrollmentStatus.EXPIRED: "The time of access is over. Staff of the course can reactivate the enrolment.",
}
COME_BACK_BY_THEMSELVES: Final = frozenset({EnrollmentStatus.DROPPED})
COME_BACK_BY_STAFF: Final = frozenset({EnrollmentStatus.DROPPED, EnrollmentStatus.EXPIRED})


def enroll(
    *,
    user: User,
    course: Course,
    by: User,
    status: EnrollmentStatus = EnrollmentStatus.ACTIVE,
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> Enrollment:
    """Enrol `user` in `course`; who had left comes back to the same enrolment, progress kept.

    Learners who enrol themselves must meet everything the course asks for: self-enrolment, no price,
    prerequisites. Staff may waive those, never the seats.

    Args:
        user: the learner.
        course: the course, as it was read.
        by: whoever does it; the same as `user` for a self-enrolment.
        status: staff may let it wait as `pending`.
        expires_at: staff may say; otherwise the course's `access_days` do.
        now: the moment of the enrolment.

    Raises:
        CourseNotOpen: the course is not published.
        AccessIsOver, SelfEnrollmentClosed, PaymentRequired, PrerequisitesMissing: self-enrolment only.
        AlreadyEnrolled: they are, or only staff can bring the enrolment back.
        CourseFull: no seat is left.
        ExpiryInThePast: `expires_at` has passed already.
    """
    moment = now or timezone.now()
    if expires_at is not None and expires_at <= moment:
        raise ExpiryInThePast
    try:
        return _enroll(user=user, course=course, by=by, status=status, expires_at=expires_at, now=moment)
    except IntegrityError:
        # Somebody else has just enrolled the same learner: the unique constraint let one of the two through.
        existing = Enrollment.objects.filter(course_id=course.id, user_id=user.id).first()
        if existing is None:
            raise
        raise AlreadyEnrolled(existing) from None


@transaction.atomic
def _enroll(
    *, user: User, course: Course, by: User, status: EnrollmentStatus, expires_at: datetime | None, now: datetime
) -> Enrollment:
    is_own = by.id == user.id
    if course.status != CourseStatus.PUBLISHED:
        raise CourseNotOpen
    existing = Enrollment.objects.select_for_update().filter(course_id=course.id, user_id=user.id).first()
    if existing and existing.status not in (COME_BACK_BY_THEMSELVES if is_own else COME_BACK_BY_STAFF):
        raise AlreadyEnrolled(existing)
    if is_own:
        _refuse_new_time(existing, now)
        require_what_the_course_asks(user, course)
    if existing is None:
        take_seat(course_id=course.id)
        return create_enrollments([user], course=course, by=by, status=status, expires_at=expires_at, now=now)[0]
    existing.course, existing.user = course, user
    if expires_at is not None:
        Enrollment.objects.filter(id=existing.id).update(expires_at=expires_at)
        existing.expires_at = expires_at
    return change_enrollment_status(enrollment=existing, action=Action.REACTIVATE, by=by, now=now)


def _refuse_new_time(existing: Enrollment | None, now: datetime) -> None:
    """Leaving a course just before the time is up, or before the clock has noticed, must not start it anew."""
    if existing is not None and existing.expires_at is not None and existing.expires_at <= now:
        raise AccessIsOver


def require_what_the_course_asks(user: User, course: Course) -> None:
    """Refuse a self-enrolment that the course does not allow.

    Raises:
        SelfEnrollmentClosed, PaymentRequired, PrerequisitesMissing: by what stands in the way first.
    """
    if not course.self_enrollment:
        raise SelfEnrollmentClosed
    if not course.is_free:
        price = {"amount": course.price_amount, "currency": course.price_currency}
        detail = "This course has a price and online payment is not available. Ask the school to enrol you."
        raise PaymentRequired(detail, extra={"price": price})
    if missing := missing_prerequisites(user_id=user.id, course_id=course.id):
        titles = ", ".join(f"“{entry['title']}”" for entry in missing)
        detail = f"Before this course you need: {titles}. See `missing` for how far you must be in each."
        raise PrerequisitesMissing(detail, extra={"missing": missing})


def create_enrollments(
    users: Sequence[User], *, course: Course, by: User, status: EnrollmentStatus, expires_at: datetime | None,
    now: datetime,
) -> list[Enrollment]:  # fmt: skip
    """Insert enrolments whose seats are taken, with their history and events."""
    waits = status == EnrollmentStatus.PENDING
    created: list[Enrollment] = Enrollment.objects.bulk_create(
        Enrollment(
            course=course,
            user=user,
            status=status,
            source=EnrollmentSource.SELF if by.id == user.id else EnrollmentSource.STAFF,
            enrolled_by_id=by.id,
            enrolled_at=now,
            expires_at=expires_at or (None if waits else expiry_of(course, now)),
        )
        for user in users
    )
    steps = [Step(row.id, course.id, row.user_id, "", row.status) for row in created]
    record(steps, actor_id=by.id, now=now)
    return created
