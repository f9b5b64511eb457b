"""Every step of the state machine that somebody asks for by name, and the clock's."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.errors import InvalidInput
from apps.courses.models import Course
from apps.courses.services import release_seat, take_seat
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.services.completion import recalculate
from apps.enrollments.services.history import Step, record
from apps.enrollments.state_machine import HOLD_A_SEAT, Action, Party, next_status
from apps.users.models import User

BATCH: Final = 500
CAN_EXPIRE: Final = (EnrollmentStatus.ACTIVE, EnrollmentStatus.SUSPENDED)
_CHANGING: Final = ("status", "version", "expires_at", "completed_at", "progress_percentage")


class ExpiryInThePast(InvalidInput):
    """Access can't end before it is given."""

    code = "expiry_in_the_past"
    default_detail = "`expires_at` lies in the past. Choose a later moment, or expire the enrolment instead."
    default_field = "expires_at"


def party_of(by: User | None, *, learner_id: Any) -> Party:
    """Return on whose side `by` stands towards the enrolment of this learner; None is the system."""
    if by is None:
        return Party.SYSTEM
    return Party.LEARNER if by.id == learner_id else Party.STAFF


def expiry_of(course: Course, now: datetime) -> datetime | None:
    """Return when access that starts `now` ends by the course's `access_days`; None: never."""
    return None if course.access_days is None else now + timedelta(days=course.access_days)


@transaction.atomic
def change_enrollment_status(
    *, enrollment: Enrollment, action: Action, by: User | None, reason: str = "", now: datetime | None = None
) -> Enrollment:
    """Take one step of the state machine: compare-and-set on the status, seats, history, events.

    Who becomes active again gets what the course gives anew: a seat, and time when theirs had run out.

    Args:
        enrollment: as it was read; when it has moved meanwhile, the step is judged from where it stands now.
        action: the step.
        by: None stands for the system.
        reason: for the history, at most 500 characters.
        now: the moment of the step.

    Raises:
        TransitionNotAllowed: there is no such step from where the enrolment stands.
        TransitionRefused: there is, but not for `by`.
        CourseFull: the step needs a seat, and none is left.
    """
    moment = now or timezone.now()
    party = party_of(by, learner_id=enrollment.user_id)
    target = next_status(enrollment.status, action, party)
    while not _compare_and_set(enrollment, target, moment):
        enrollment.refresh_from_db(fields=_CHANGING)
        target = next_status(enrollment.status, action, party)
    _move_seat(enrollment, target)
    step = Step(enrollment.id, enrollment.course_id, enrollment.user_id, enrollment.status, target)
    record([step], actor_id=by.id if by else None, now=moment, reason=reason)
    if target == EnrollmentStatus.ACTIVE:
        # The course may have shrunk to what the learner had already done.
        recalculate(enrollment_id=enrollment.id, course_id=enrollment.course_id, from_status=target, now=moment)
    enrollment.refresh_from_db(fields=_CHANGING)
    return enrollment


def _compare_and_set(enrollment: Enrollment, target: EnrollmentStatus, now: datetime) -> bool:
    changes: dict[str, Any] = {"status": target, "version": F("version") + 1}
    if target == EnrollmentStatus.COMPLETED:
        changes["completed_at"] = now
    elif target == EnrollmentStatus.ACTIVE and _needs_new_time(enrollment, now):
        changes["expires_at"] = expiry_of(enrollment.course, now)
    return bool(Enrollment.objects.filter(id=enrollment.id, status=enrollment.status).update(**changes))


def _needs_new_time(enrollment: Enrollment, now: datetime) -> bool:
    """Time starts with the approval; who comes back keeps what is left, and gets it anew when nothing is."""
    if enrollment.expires_at is None:
        return enrollment.status == EnrollmentStatus.PENDING
    return enrollment.expires_at <= now


def _move_seat(enrollment: Enrollment, target: EnrollmentStatus) -> None:
    holds = enrollment.status in HOLD_A_SEAT
    if holds and target not in HOLD_A_SEAT:
        release_seat(course_id=enrollment.course_id)
    elif not holds and target in HOLD_A_SEAT:
        take_seat(course_id=enrollment.course_id)


@transaction.atomic
def change_enrollment_expiry(
    *, enrollment: Enrollment, expires_at: datetime | None, now: datetime | None = None
) -> Enrollment:
    """Let access end at another moment, or never (None).

    Raises:
        ExpiryInThePast: `expires_at` has passed already.
    """
    if expires_at is not None and expires_at <= (now or timezone.now()):
        raise ExpiryInThePast
    Enrollment.objects.filter(id=enrollment.id).update(expires_at=expires_at, version=F("version") + 1)
    enrollment.refresh_from_db(fields=_CHANGING)
    return enrollment


def expire_due_enrollments(*, now: datetime | None = None) -> int:
    """Expire what is past its `expires_at`, in batches, each in a transaction of its own.

    Idempotent, and two of these at once share the work. Completed enrolments are not expired: their content
    closes, their completion stays.

    Returns:
        How many enrolments expired.
    """
    moment = now or timezone.now()
    count = 0
    while steps := _expire_batch(moment):
        count += len(steps)
    return count


@transaction.atomic
def _expire_batch(now: datetime) -> list[Step]:
    due = (
        Enrollment.objects.select_for_update(skip_locked=True)
        .filter(status__in=CAN_EXPIRE, expires_at__lte=now)
        .order_by("expires_at", "id")
        .values_list("id", "course_id", "user_id", "status")[:BATCH]
    )
    steps = [Step(*row, EnrollmentStatus.EXPIRED) for row in due]
    if not steps:
        return steps
    ids = [step.enrollment_id for step in steps]
    Enrollment.objects.filter(id__in=ids).update(status=EnrollmentStatus.EXPIRED, version=F("version") + 1)
    for step in sorted(steps, key=lambda step: step.course_id):  # always the same order of locks: no deadlocks
        release_seat(course_id=step.course_id)
    record(steps, actor_id=None, now=now, reason="The time of access is over.")
    return steps
