"""Who teaches a course."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.courses.models import Course, CourseInstructor
from apps.courses.services.structure import lock_course
from apps.users.choices import AccountStatus, Role
from apps.users.models import User

MAY_TEACH: Final = frozenset({Role.INSTRUCTOR, Role.ADMIN})


class NotATeacher(InvalidInput):
    """The account cannot teach."""

    code = "not_a_teacher"
    default_detail = "Only an active instructor or admin of this school can teach a course."
    default_field = "user"


class AlreadyTeaches(Conflict):
    """The account teaches the course already."""

    code = "already_teaches"
    default_detail = "This person teaches the course already."


class LastInstructor(Conflict):
    """A course is never without an instructor."""

    code = "last_instructor"
    default_detail = "This is the last instructor of the course. Add another one first."


@transaction.atomic
def add_instructor(*, course: Course, user_id: UUID, by: User) -> CourseInstructor:
    """Let an account of the same school teach the course.

    Raises:
        NotATeacher: no such active account, or it is neither instructor nor admin.
        AlreadyTeaches: it does already.
    """
    del by
    lock_course(course.id)
    user = User.objects.filter(id=user_id, is_platform_staff=False, status=AccountStatus.ACTIVE).first()
    if user is None or MAY_TEACH.isdisjoint(user.roles):
        raise NotATeacher
    links = CourseInstructor.objects.filter(course=course)
    if links.filter(user=user).exists():
        raise AlreadyTeaches
    last = links.aggregate(last=Max("order"))["last"]
    return CourseInstructor.objects.create(course=course, user=user, order=0 if last is None else last + 1)


@transaction.atomic
def remove_instructor(*, course: Course, user_id: UUID, by: User) -> None:
    """Let somebody no longer teach the course.

    Raises:
        NotFound: they do not.
        LastInstructor: nobody would be left.
    """
    del by
    lock_course(course.id)
    links = list(CourseInstructor.objects.filter(course=course))
    link = next((link for link in links if link.user_id == user_id), None)
    if link is None:
        raise NotFound
    if len(links) == 1:
        raise LastInstructor
    link.delete()
