"""The life of a course."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from apps.core.errors import Conflict, InvalidInput
from apps.core.events import emit
from apps.courses.choices import CourseStatus
from apps.courses.content_types import InvalidPayload, https_url
from apps.courses.events import CoursePublished
from apps.courses.models import ContentItem, Course, CourseInstructor
from apps.courses.services.files import lock_picture
from apps.courses.services.structure import lock_course
from apps.users.models import User

SLUG_LENGTH: Final = 90
CHANGEABLE: Final = frozenset(
    {
        "title", "description", "category", "tags", "difficulty_level", "language", "duration_minutes",
        "learning_objectives", "price_amount", "price_currency", "seat_limit", "self_enrollment", "access_days",
        "thumbnail_url", "thumbnail_file_id",
    }
)  # fmt: skip


class InvalidTransition(Conflict):
    """The course's status does not allow this step."""

    code = "invalid_transition"


class CourseIsEmpty(Conflict):
    """There is nothing in the course that a learner could open."""

    code = "course_empty"
    default_detail = "The course has no published content yet. Add an item to a published module, then publish."


class CourseNotDeletable(Conflict):
    """What people have seen or joined is archived, not deleted."""

    code = "course_not_deletable"


class SeatLimitTooLow(InvalidInput):
    """More people are in the course than the new limit allows."""

    code = "seat_limit_too_low"
    default_field = "seat_limit"


class InvalidThumbnail(InvalidInput):
    """The picture's address is not one to show to learners."""

    code = "invalid_url"
    default_field = "thumbnail_url"


@dataclass(frozen=True, slots=True)
class Transition:
    """A step in the life of a course: from which statuses, to which."""

    sources: frozenset[str]
    target: CourseStatus


TRANSITIONS: Final[dict[str, Transition]] = {
    "publish": Transition(frozenset({CourseStatus.DRAFT, CourseStatus.ARCHIVED}), CourseStatus.PUBLISHED),
    "unpublish": Transition(frozenset({CourseStatus.PUBLISHED}), CourseStatus.DRAFT),
    "archive": Transition(frozenset({CourseStatus.DRAFT, CourseStatus.PUBLISHED}), CourseStatus.ARCHIVED),
}


@transaction.atomic
def create_course(*, by: User, title: str, **fields: Any) -> Course:
    """Create a draft; its author becomes its first instructor, unless they are of the platform's staff.

    Args:
        by: the author.
        title: also the source of the slug, which later renames keep.
        fields: any of `CHANGEABLE`.

    Raises:
        InvalidThumbnail: the address is not public https.
        UnusableFile: the file is no picture, holds malware, or has gone.
    """
    _check(fields)
    course = _insert(Course(title=title, created_by_id=by.id, **fields))
    if by.tenant_id is not None:
        CourseInstructor.objects.create(course=course, user=by)
    return course


def _insert(course: Course) -> Course:
    """Save under a slug that is free, also when somebody takes the same one at the same moment."""
    base = slugify(course.title)[:SLUG_LENGTH].strip("-") or "course"
    for _ in range(10):
        course.slug = _free_slug(base)
        try:
            with transaction.atomic():
                course.save(force_insert=True)
        except IntegrityError:
            if not Course.objects.filter(slug=course.slug).exists():
                raise
        else:
            return course
    message = "Other courses with this title are being created at this moment; try again."
    raise Conflict(message)


def _free_slug(base: str) -> str:
    taken = set(Course.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


@transaction.atomic
def change_course(*, course: Course, by: User, **changes: Any) -> Course:
    """Change fields of the course (any of `CHANGEABLE`); the slug stays.

    Raises:
        SeatLimitTooLow: fewer seats than are taken.
        InvalidThumbnail: the address is not public https.
        UnusableFile: the file is no picture, holds malware, or has gone.
    """
    del by
    _check(changes)
    course = lock_course(course.id)
    limit = changes.get("seat_limit")
    if limit is not None and limit < course.seats_taken:
        message = f"{course.seats_taken} seats are taken, so the limit cannot be {limit}."
        raise SeatLimitTooLow(message)
    for name, value in changes.items():
        setattr(course, name, value)
    return _save(course, *changes)


def _check(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - CHANGEABLE:
        message = f"These cannot be set: {', '.join(sorted(unknown))}."
        raise InvalidInput(message)
    if fields.get("thumbnail_url"):
        try:
            https_url(fields["thumbnail_url"])
        except InvalidPayload as error:
            raise InvalidThumbnail(error.detail) from error
    if fields.get("thumbnail_file_id"):
        lock_picture(fields["thumbnail_file_id"], field="thumbnail_file")


def _save(course: Course, *fields: str) -> Course:
    course.version += 1
    course.save(update_fields=[*fields, "version", "updated_at"])
    return course


def publish_course(*, course: Course, by: User, now: datetime | None = None) -> Course:
    """Let learners see the course; `published_at` keeps the first time.

    Raises:
        InvalidTransition: it is published already.
        CourseIsEmpty: there is nothing to open.
    """
    return _move(course.id, "publish", by=by, now=now)


def unpublish_course(*, course: Course, by: User) -> Course:
    """Take the course back to draft: learners no longer see it.

    Raises:
        InvalidTransition: it is not published.
    """
    return _move(course.id, "unpublish", by=by)


def archive_course(*, course: Course, by: User) -> Course:
    """Close the course for good; publishing brings it back.

    Raises:
        InvalidTransition: it is archived already.
    """
    return _move(course.id, "archive", by=by)


@transaction.atomic
def _move(course_id: UUID, step: str, *, by: User, now: datetime | None = None) -> Course:
    del by
    course = lock_course(course_id)
    transition = TRANSITIONS[step]
    if course.status not in transition.sources:
        sources = " or ".join(sorted(transition.sources))
        message = f"The course is {course.status}; only a course that is {sources} can do this: {step}."
        raise InvalidTransition(message)
    if step == "publish":
        if not ContentItem.objects.reachable().filter(course=course).exists():
            raise CourseIsEmpty
        course.published_at = course.published_at or now or timezone.now()
    course.status = transition.target
    _save(course, "status", "published_at")
    if step == "publish":
        emit(CoursePublished(course_id=course.id))
    return course


@transaction.atomic
def delete_course(*, course: Course, by: User) -> None:
    """Delete a draft that nobody has joined, with all that is in it.

    Raises:
        CourseNotDeletable: it is no draft, or people are or were in it: archive it instead.
    """
    del by
    course = lock_course(course.id)
    if course.status != CourseStatus.DRAFT:
        message = f"The course is {course.status}; only drafts can be deleted. Archive it instead."
        raise CourseNotDeletable(message)
    try:
        course.delete()
    except ProtectedError as error:
        message = "People are or were in this course, and their records stay. Archive it instead."
        raise CourseNotDeletable(message) from error
