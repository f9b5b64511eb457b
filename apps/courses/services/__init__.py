"""Everything that changes courses. Who may call what is the policies' business (`apps.courses.permissions`)."""

from apps.courses.services.courses import (
    archive_course,
    change_course,
    create_course,
    delete_course,
    publish_course,
    unpublish_course,
)
from apps.courses.services.files import UnusableFile, lock_file
from apps.courses.services.instructors import add_instructor, remove_instructor
from apps.courses.services.items import change_item, create_item, delete_item, reorder_items
from apps.courses.services.modules import change_module, create_module, delete_module, reorder_modules
from apps.courses.services.prerequisites import (
    UnknownRequirement,
    add_course_prerequisite,
    add_module_prerequisite,
    remove_course_prerequisite,
    remove_module_prerequisite,
)
from apps.courses.services.seats import CourseFull, release_seat, take_seat
from apps.courses.services.structure import lock_course

__all__ = [
    "CourseFull",
    "UnknownRequirement",
    "UnusableFile",
    "add_course_prerequisite",
    "add_instructor",
    "add_module_prerequisite",
    "archive_course",
    "change_course",
    "change_item",
    "change_module",
    "create_course",
    "create_item",
    "create_module",
    "delete_course",
    "delete_item",
    "delete_module",
    "lock_course",
    "lock_file",
    "publish_course",
    "release_seat",
    "remove_course_prerequisite",
    "remove_instructor",
    "remove_module_prerequisite",
    "reorder_items",
    "reorder_modules",
    "take_seat",
    "unpublish_course",
]
