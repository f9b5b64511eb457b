"""Reads that join enrolments with courses."""

from collections.abc import Mapping
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.core.rows import SqlRows
from apps.core.tenancy.context import current_scope, current_tenant_id
from apps.courses.access import NO_ACCESS, CourseAccess, ItemProgress
from apps.users.models import User

_ACCESS: Final = """
SELECT e.status IN ('active', 'completed') AND (e.expires_at IS NULL OR e.expires_at > %(now)s),
       p.content_item_id, p.status, p.percentage, p.position_seconds, p.completed_at
FROM enrollments_enrollment e
LEFT JOIN enrollments_contentprogress p ON p.tenant_id = e.tenant_id AND p.enrollment_id = e.id
WHERE e.tenant_id = %(tenant)s AND e.user_id = %(user)s AND e.course_id = %(course)s
"""

_MISSING: Final = """
SELECT q.kind, q.minimum_completion, c.id, c.title, c.slug, coalesce(e.progress_percentage, 0)::float8
FROM courses_courseprerequisite q
JOIN courses_course c ON c.tenant_id = q.tenant_id AND c.id = q.required_course_id
LEFT JOIN enrollments_enrollment e
    ON e.tenant_id = q.tenant_id AND e.course_id = q.required_course_id AND e.user_id = %(user)s
WHERE q.tenant_id = %(tenant)s AND q.course_id = %(course)s
    AND CASE q.kind
        WHEN 'required' THEN e.id IS NULL
            OR (e.status <> 'completed' AND e.progress_percentage < q.minimum_completion)
        WHEN 'corequisite' THEN e.id IS NULL OR e.status NOT IN ('active', 'completed')
        ELSE false END
ORDER BY q.created_at, q.id
"""

_STATS: Final = """
SELECT count(*) AS total,
       count(*) FILTER (WHERE status = 'pending') AS pending,
       count(*) FILTER (WHERE status = 'active') AS active,
       count(*) FILTER (WHERE status = 'completed') AS completed,
       count(*) FILTER (WHERE status = 'dropped') AS dropped,
       count(*) FILTER (WHERE status = 'expired') AS expired,
       count(*) FILTER (WHERE status = 'suspended') AS suspended,
       count(*) FILTER (WHERE last_activity_at > %(recently)s) AS active_last_30_days,
       coalesce(round(100.0 * count(*) FILTER (WHERE status = 'completed')
           / nullif(count(*) FILTER (WHERE status <> 'pending'), 0), 2), 0)::float8 AS completion_rate,
       coalesce(round(avg(progress_percentage), 2), 0)::float8 AS average_progress
FROM enrollments_enrollment
WHERE tenant_id = %(tenant)s AND course_id = %(course)s
"""


_OWN: Final = """
FROM enrollments_enrollment e
JOIN courses_course c ON c.tenant_id = e.tenant_id AND c.id = e.course_id
LEFT JOIN courses_contentitem i ON i.tenant_id = e.tenant_id AND i.id = e.resume_item_id
LEFT JOIN enrollments_contentprogress p
    ON p.tenant_id = e.tenant_id AND p.enrollment_id = e.id AND p.content_item_id = e.resume_item_id
WHERE e.tenant_id = %(tenant)s AND e.user_id = %(user)s
    AND (%(status)s::text IS NULL OR e.status = %(status)s::text)
ORDER BY e.enrolled_at DESC, e.id DESC
LIMIT %(limit)s OFFSET %(offset)s
"""
_OWN_COUNT: Final = """
SELECT count(*) FROM enrollments_enrollment e
WHERE e.tenant_id = %(tenant)s AND e.user_id = %(user)s
    AND (%(status)s::text IS NULL OR e.status = %(status)s::text)
"""
_OWN_COLUMNS: Final = {
    "id": "e.id",
    "status": "e.status",
    "source": "e.source",
    "enrolled_at": "e.enrolled_at",
    "last_activity_at": "e.last_activity_at",
    "completed_at": "e.completed_at",
    "expires_at": "e.expires_at",
    "version": "e.version",
    "percentage": "e.progress_percentage::float8",
    "course_id": "c.id",
    "course__title": "c.title",
    "course__slug": "c.slug",
    "course__thumbnail_url": "c.thumbnail_url",
    "course__thumbnail_file_id": "c.thumbnail_file_id",
    "resume_item_id": "i.id",
    "resume_item__module_id": "i.module_id",
    "resume_item__title": "i.title",
    "resume_item__content_type": "i.content_type",
    "resume_position": "p.position_seconds",
}
_OWN_PAGE: Final = f"SELECT {', '.join(_OWN_COLUMNS.values())} {_OWN}"


class MissingPrerequisite(TypedDict):
    """A course that must come first (`required`) or along (`corequisite`), and how far the learner is there."""

    kind: str
    minimum_completion: int
    course: UUID
    title: str
    slug: str
    progress_percentage: float


def course_access(user: User, course_id: UUID) -> CourseAccess:
    """Answer `apps.courses.access`: may the learner open the course, and how far are they with each item."""
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "user": user.id,
        "course": course_id,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCESS, values)
        rows = cursor.fetchall()
    if not rows:
        return NO_ACCESS
    progress: Mapping[UUID, ItemProgress] = {
        item_id: ItemProgress(
            status=status, percentage=percentage, position_seconds=position, completed_at=completed_at
        )
        for _, item_id, status, percentage, position, completed_at in rows
        if item_id is not None
    }
    return CourseAccess(is_enrolled=rows[0][0], progress=progress)


def own_enrollments(*, user_id: UUID, status: str | None = None) -> SqlRows:
    """Return a learner's own list, newest first, each with its course and where to resume.

    By hand, because every learner's front page asks for it: built by the ORM, its statement cost twice what
    it takes to run.
    """
    params = {"tenant": current_scope().tenant_id, "user": user_id, "status": status}
    return SqlRows(_OWN_PAGE, _OWN_COUNT, params, tuple(_OWN_COLUMNS))


def missing_prerequisites(*, user_id: UUID, course_id: UUID) -> list[MissingPrerequisite]:
    """Return what the learner still lacks for this course: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"tenant": current_tenant_id(), "user": user_id, "course": course_id})
        rows = cursor.fetchall()
    return [
        MissingPrerequisite(
            kind=kind, minimum_completion=minimum, course=course, title=title, slug=slug, progress_percentage=progress
        )
        for kind, minimum, course, title, slug, progress in rows
    ]


def enrollment_stats(*, course_id: UUID, recently: Any) -> dict[str, Any]:
    """Return counts per status, completion rate and average progress of a course: one statement.

    `completion_rate` is the share of completed enrolments, in per cent of those that were ever open;
    `recently` is the moment since which activity counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATS, {"tenant": current_tenant_id(), "course": course_id, "recently": recently})
        (row,) = cursor.fetchall()
        names = [column.name for column in cursor.description]
    return dict(zip(names, row, strict=True))
