"""What a course or a module asks for first."""

from typing import Any, TypedDict
from uuid import UUID

from django.db.models import F

from apps.courses.models import CoursePrerequisite, ModulePrerequisite


class PrerequisiteRow(TypedDict):
    """One prerequisite as on the wire; `required_id` is a course's or a module's id."""

    id: UUID
    kind: str
    minimum_completion: int
    required_id: UUID
    required_title: str


class CoursePrerequisiteRow(PrerequisiteRow):
    """A required course also says how it is addressed and whether learners can see it."""

    required_slug: str
    required_status: str


def course_prerequisites(course_id: UUID) -> list[CoursePrerequisiteRow]:
    """Return what the course asks for, oldest first: one statement."""
    rows: Any = (
        CoursePrerequisite.objects.filter(course_id=course_id)
        .order_by("created_at", "id")
        .values(
            "id",
            "kind",
            "minimum_completion",
            required_id=F("required_course_id"),
            required_title=F("required_course__title"),
            required_slug=F("required_course__slug"),
            required_status=F("required_course__status"),
        )
    )
    return list(rows)


def module_prerequisites(module_id: UUID) -> list[PrerequisiteRow]:
    """Return what the module asks for, oldest first: one statement."""
    rows: Any = (
        ModulePrerequisite.objects.filter(module_id=module_id)
        .order_by("created_at", "id")
        .values(
            "id",
            "kind",
            "minimum_completion",
            required_id=F("required_module_id"),
            required_title=F("required_module__title"),
        )
    )
    return list(rows)
