"""Seats of a course: taken and given back in one statement, so that the last one goes to one person."""

from uuid import UUID

from django.db.models import F, Q

from apps.core.errors import Conflict
from apps.courses.models import Course


class CourseFull(Conflict):
    """All seats are taken."""

    code = "course_full"
    default_detail = "All seats of this course are taken. Ask its instructors for a seat, or try again later."


def take_seat(*, course_id: UUID) -> None:
    """Take one seat of the course: one atomic UPDATE.

    Raises:
        CourseFull: `seat_limit` is reached; nothing was changed.
    """
    free = Q(seat_limit__isnull=True) | Q(seats_taken__lt=F("seat_limit"))
    if not Course.objects.filter(free, id=course_id).update(seats_taken=F("seats_taken") + 1):
        raise CourseFull


def release_seat(*, course_id: UUID) -> None:
    """Give one seat of the course back; without effect when none is taken."""
    Course.objects.filter(id=course_id, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)
