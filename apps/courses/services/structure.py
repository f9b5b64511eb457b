"""One lock and one book-keeping for everything that changes what is in a course."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from apps.core.errors import NotFound
from apps.core.events import emit
from apps.courses.events import CourseStructureChanged
from apps.courses.models import ContentItem, Course, Module


def lock_course(course_id: UUID) -> Course:
    """Return the course, locked against other writers until the transaction ends.

    Enrolments may go on meanwhile: the lock does not conflict with references to the row.

    Raises:
        NotFound: it was deleted meanwhile.
    """
    course = Course.objects.select_for_update(no_key=True).filter(id=course_id).first()
    if course is None:
        raise NotFound
    return course


@contextmanager
def changing_structure(course_id: UUID) -> Iterator[Course]:
    """Lock the course for the block, then bring its counters to the truth, exact under concurrency.

    Emits `CourseStructureChanged` when the block changed what counts for completion.
    """
    with transaction.atomic():
        course = lock_course(course_id)
        required = _required_ids(course_id)
        yield course
        _recount(course_id)
        if _required_ids(course_id) != required:
            emit(CourseStructureChanged(course_id=course_id))


def _required_ids(course_id: UUID) -> set[UUID]:
    return set(ContentItem.objects.required().filter(course_id=course_id).values_list("id", flat=True))


def _counted(rows: QuerySet[Module] | QuerySet[ContentItem]) -> Coalesce:
    count = rows.filter(course=OuterRef("id")).order_by().values("course").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(count), 0, output_field=IntegerField())


def _recount(course_id: UUID) -> None:
    Course.objects.filter(id=course_id).update(
        module_count=_counted(Module.objects.all()),
        item_count=_counted(ContentItem.objects.all()),
        version=F("version") + 1,
        updated_at=Now(),
    )
