"""Reads that join several models."""

from apps.courses.selectors.prerequisites import (
    CoursePrerequisiteRow,
    PrerequisiteRow,
    course_prerequisites,
    module_prerequisites,
)

__all__ = ["CoursePrerequisiteRow", "PrerequisiteRow", "course_prerequisites", "module_prerequisites"]
