"""Which files courses hang on, and whom a course lets open them: asked by `apps.files.uses`."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject

from apps.courses.access import completed_share, get_course_access
from apps.courses.choices import CourseStatus, PrerequisiteKind
from apps.courses.models import ContentItem, Course, CourseInstructor, ModulePrerequisite
from apps.courses.permissions import is_author, reads_all
from apps.files.uses import FileUse
from apps.users.models import User

CONTENT_ITEM: Final = "content_item"
THUMBNAIL: Final = "course_thumbnail"


class CourseFiles:
    """Content items and the pictures of courses."""

    def uses(self, file_ids: Collection[UUID], /) -> list[FileUse]:
        """Return where these files are used, by title: one statement."""
        items = ContentItem.objects.filter(file_id__in=file_ids).order_by()
        courses = Course.objects.filter(thumbnail_file_id__in=file_ids).order_by()
        rows = items.values_list("file_id", Value(CONTENT_ITEM), "id", "title").union(
            courses.values_list("thumbnail_file_id", Value(THUMBNAIL), "id", "title"), all=True
        )
        found = [FileUse(file_id=file, kind=kind, id=key, title=title) for file, kind, key, title in rows]
        return sorted(found, key=lambda use: (use.title, use.id))

    def opens_versions(self, actor: Any, file_id: UUID, /) -> tuple[int, ...]:
        """Return none: what hangs on a course is the file, with its current version."""
        del actor, file_id
        return ()

    def opens(self, actor: Any, file_id: UUID, /) -> bool:
        """Whether a course opens the file to `actor`, as its content does.

        Who reads all courses, and who teaches the course, opens whatever hangs on it; everybody in the school opens
        the picture of a published course and previews; who is enrolled, the items that are reachable and not
        locked. One statement, and one more for each course in which that depends on the enrolment.
        """
        courses = Course.objects.filter(id__in=_courses_with(file_id))
        if reads_all(actor):
            return courses.exists()
        if not is_author(actor):
            courses = courses.published()
        return any(_opens(actor, file_id, row) for row in _as_rows(courses, actor, file_id))


def _courses_with(file_id: UUID) -> QuerySet[Any, Any]:
    """Name the courses that hang on the file: two look-ups in indexes."""
    items = ContentItem.objects.filter(file_id=file_id).values("course_id")
    return items.union(Course.objects.filter(thumbnail_file_id=file_id).values("id"))


def _as_rows(courses: QuerySet[Course], actor: User, file_id: UUID) -> list[dict[str, Any]]:
    """Read of each course whether the actor teaches it, and the reachable items with the file.

    `places` holds for each of them whether it is a preview, and under `requires` what its module asks for: the
    required items of the other module, and which share of them in per cent must be completed.
    """
    required_items = ContentItem.objects.required().filter(module=OuterRef("required_module")).order_by()
    prerequisites = (
        ModulePrerequisite.objects.filter(
            module=OuterRef("module"), kind=PrerequisiteKind.REQUIRED, required_module__is_published=True
        )
        .order_by()
        .values(json=JSONObject(share=F("minimum_completion"), items=ArraySubquery(required_items.values("id"))))
    )
    items = (
        ContentItem.objects.reachable()
        .filter(course=OuterRef("id"), file_id=file_id)
        .order_by()
        .values(json=JSONObject(is_preview=F("is_free_preview"), requires=ArraySubquery(prerequisites)))
    )
    rows: Any = courses.values(
        "id",
        "status",
        "thumbnail_file_id",
        is_taught=Exists(CourseInstructor.objects.filter(course=OuterRef("id"), user_id=actor.id)),
        places=ArraySubquery(items),
    )
    return list(rows)


def _opens(actor: User, file_id: UUID, row: dict[str, Any]) -> bool:
    if is_author(actor) and row["is_taught"]:
        return True
    if row["status"] != CourseStatus.PUBLISHED:
        return False
    if row["thumbnail_file_id"] == file_id or any(
        item["is_preview"] and not item["requires"] for item in row["places"]
    ):
        return True
    if not row["places"]:
        return False
    access = get_course_access(actor, row["id"])
    return any(
        (access.is_enrolled or item["is_preview"])
        and all(
            completed_share([UUID(key) for key in required["items"]], access) >= required["share"]
            for required in item["requires"]
        )
        for item in row["places"]
    )
