"""What happened to courses."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CoursePublished(Event):
    """Learners can see the course from now on."""

    name: ClassVar[str] = "course.published.v1"
    course_id: UUID


@dataclass(frozen=True, kw_only=True)
class CourseStructureChanged(Event):
    """What counts for completion changed: items came, went, were (un)published or became (not) required."""

    name: ClassVar[str] = "course.structure_changed.v1"
    course_id: UUID
