"""Who may see and change enrolments and progress.

Learners see and leave their own. Who teaches a course sees and manages the enrolments in it. `enrollments:read`
and `enrollments:write` reach all of the school. What a step demands beyond that stands in the state machine.
"""

from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model, Q, QuerySet

from apps.core.policies import Policy, authenticated, has, on_object
from apps.courses.models import Course, CourseInstructor

M = TypeVar("M", bound=Model)

READ_ALL: Final = "enrollments:read"
WRITE_ALL: Final = "enrollments:write"
SELF: Final = "enrollments:self"
AUTHOR: Final = "courses:author"
READ_PROGRESS: Final = "progress:read"


def _teaches(actor: Any, obj: Any) -> bool:
    """Whether the actor teaches the course, or the course of the enrolment."""
    if (known := getattr(obj, "is_taught", None)) is not None:
        return bool(known)
    course_id = obj.id if isinstance(obj, Course) else obj.course_id
    return CourseInstructor.objects.filter(course_id=course_id, user_id=actor.id).exists()


teaches: Final = has(AUTHOR) & on_object(_teaches)
owns: Final = on_object(lambda actor, enrollment: enrollment.user_id == actor.id)
manages: Final = has(WRITE_ALL) | teaches


class EnrollmentPolicy(Policy):
    """Enrolments, those of the caller among them."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "history": authenticated,
        "create": has(SELF) | has(WRITE_ALL),
        "enroll_others": manages,
        "bulk": manages,
        "partial_update": manages,
        "approve": manages,
        "complete": manages,
        "drop": (authenticated & owns) | manages,
        "expire": manages,
        "reactivate": manages,
        "suspend": manages,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if READ_ALL in actor.permissions:
            return queryset
        own = Q(user_id=actor.id)
        if AUTHOR not in actor.permissions:
            return queryset.filter(own)
        taught = CourseInstructor.objects.filter(user_id=actor.id).values("course_id")
        return queryset.filter(own | Q(course_id__in=taught))


class CourseEnrollmentsPolicy(Policy):
    """The enrolments of one course as a whole: its roster and its numbers."""

    rules: ClassVar = {"list": has(READ_ALL) | teaches, "retrieve": has(READ_ALL) | teaches}


class ProgressPolicy(Policy):
    """Progress: everybody's own; `progress:read` reads everybody's, who teaches reads that of their courses."""

    rules: ClassVar = {
        "list": authenticated,
        "list_of_others": has(READ_PROGRESS) | has(AUTHOR),
        "create": has(SELF),
        "bulk": has(SELF),
        "reset": has(SELF),
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if READ_PROGRESS in actor.permissions:
            return queryset
        taught = CourseInstructor.objects.filter(user_id=actor.id).values("course_id")
        return queryset.filter(enrollment__course_id__in=taught)
