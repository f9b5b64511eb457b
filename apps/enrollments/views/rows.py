"""From flat rows of the database to the nested objects of the wire."""

from typing import Any

from django.db.models import QuerySet

from apps.core.http.views import ListMixin
from apps.courses.thumbnails import thumbnail_of

Row = dict[str, Any]


class NestedRowsMixin(ListMixin):
    """A list whose flat rows become objects with their course, learner and resume point."""

    def paginate_queryset(self, queryset: QuerySet[Any] | Any) -> list[Any]:
        return [nested(row) for row in super().paginate_queryset(queryset) or ()]


def nested(row: Row) -> Row:
    """Return the row with its summaries gathered; takes the row apart."""
    take = row.pop
    course = {
        "id": take("course_id"),
        "title": take("course__title"),
        "slug": take("course__slug"),
        "thumbnail_url": thumbnail_of(take("course__thumbnail_url"), take("course__thumbnail_file_id")),
    }
    row["course"] = course
    row["progress_percentage"] = take("percentage")
    if "user_id" in row:
        email = take("user__email")
        name = f"{take('user__first_name')} {take('user__last_name')}".strip() or email
        row["user"] = {"id": take("user_id"), "name": name, "email": email}
    if "resume_item_id" in row:
        row["resume"] = _resume(row)
    return row


def _resume(row: Row) -> Row | None:
    take = row.pop
    resume = {
        "content_item": take("resume_item_id"),
        "module": take("resume_item__module_id"),
        "title": take("resume_item__title"),
        "content_type": take("resume_item__content_type"),
        "position_seconds": take("resume_position") or 0,
    }
    return resume if resume["content_item"] else None
