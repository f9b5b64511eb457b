"""Who may see and change courses.

Whoever holds `courses:read` sees everything; authors see what is published and what they teach; everybody else
what is published. Only who teaches a course, or holds `courses:write`, changes it.
"""

from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from apps.core.policies import Policy, authenticated, has, on_object
from apps.courses.choices import CourseStatus
from apps.courses.models import CourseInstructor

M = TypeVar("M", bound=Model)

READ_ALL: Final = "courses:read"
AUTHOR: Final = "courses:author"
WRITE_ALL: Final = "courses:write"


def reads_all(actor: Any) -> bool:
    """Whether the actor sees every course of the school, whatever its status."""
    return not {READ_ALL, WRITE_ALL}.isdisjoint(actor.permissions)


def is_author(actor: Any) -> bool:
    """Whether the actor sees and changes what they teach."""
    return AUTHOR in actor.permissions


def _shown_to(actor: Any, queryset: QuerySet[M, Any], course: str, published: Q) -> QuerySet[M, Any]:
    """Narrow to what `actor` may know of; note on each row whether an author teaches it (`is_taught`)."""
    if reads_all(actor):
        return queryset
    if not is_author(actor):
        return queryset.filter(published)
    teaches = CourseInstructor.objects.filter(course=OuterRef(course), user_id=actor.id)
    noted: QuerySet[Any, Any] = queryset.annotate(is_taught=Exists(teaches))
    return noted.filter(published | Q(is_taught=True))


teaches: Final = on_object(lambda _actor, obj: getattr(obj, "is_taught", False))
may_change: Final = has(WRITE_ALL) | (has(AUTHOR) & teaches)


class CoursePolicy(Policy):
    """Courses, and what belongs to a course as a whole: its instructors, its prerequisites."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "create": has(AUTHOR) | has(WRITE_ALL),
        "update": may_change,
        "partial_update": may_change,
        "destroy": may_change,
        "publish": may_change,
        "unpublish": may_change,
        "archive": may_change,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        return _shown_to(actor, queryset, "id", Q(status=CourseStatus.PUBLISHED))

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        if reads_all(actor):
            return "all"
        return None if is_author(actor) else "published"


class PartPolicy(Policy):
    """What is listed under a course or module that the actor can see, and changed by who may change that."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "create": may_change,
        "update": may_change,
        "partial_update": may_change,
        "destroy": may_change,
        "reorder": may_change,
    }


class ModulePolicy(PartPolicy):
    """Modules; learners know of the published ones of published courses."""

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        published = Q(is_published=True, course__status=CourseStatus.PUBLISHED)
        return _shown_to(actor, queryset, "course_id", published)


class ItemPolicy(PartPolicy):
    """Content items, for writers: what learners see of them comes from the course's tree (`selectors.tree`)."""

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        published = Q(is_published=True, module__is_published=True, course__status=CourseStatus.PUBLISHED)
        return _shown_to(actor, queryset, "course_id", published)
