"""Reads that join several models."""

from apps.courses.selectors.prerequisites import (
    CoursePrerequisiteRow,
    PrerequisiteRow,
    course_prerequisites,
    module_prerequisites,
)
from apps.courses.selectors.tree import CourseTree, course_tree

__all__ = [
    "CoursePrerequisiteRow",
    "CourseTree",
    "PrerequisiteRow",
    "course_prerequisites",
    "course_tree",
    "module_prerequisites",
]
