"""The HTTP edge of courses."""

from apps.courses.views.courses import CourseInstructorViewSet, CoursePrerequisiteViewSet, CourseViewSet
from apps.courses.views.items import ItemViewSet
from apps.courses.views.modules import ModulePrerequisiteViewSet, ModuleViewSet

__all__ = [
    "CourseInstructorViewSet",
    "CoursePrerequisiteViewSet",
    "CourseViewSet",
    "ItemViewSet",
    "ModulePrerequisiteViewSet",
    "ModuleViewSet",
]
