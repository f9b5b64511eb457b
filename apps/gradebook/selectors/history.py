"""The history of a gradebook, newest first."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.gradebook.models import GradebookChange

_COLUMNS = (
    "id", "item_id", "item__title", "user_id", "user__first_name", "user__last_name", "kind", "from_score", "to_score",
    "actor_id", "reason", "occurred_at",
)  # fmt: skip


def changes_of(
    course_id: UUID, *, item_id: UUID | None = None, user_id: UUID | None = None, kind: str | None = None
) -> QuerySet[GradebookChange, dict[str, Any]]:
    """Return the entries of a course as rows for `change_row`: of one item, learner or kind, or all."""
    wanted = {"item_id": item_id, "user_id": user_id, "kind": kind}
    about = {name: value for name, value in wanted.items() if value is not None}
    changes = GradebookChange.objects.filter(course_id=course_id, **about)
    rows: QuerySet[GradebookChange, dict[str, Any]] = changes.order_by("-occurred_at", "-id").values(*_COLUMNS)
    return rows


def change_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as it is on the wire."""
    return {
        "id": row["id"],
        "item": row["item_id"],
        "item_title": row["item__title"] or "",
        "user": row["user_id"],
        "user_name": f"{row['user__first_name'] or ''} {row['user__last_name'] or ''}".strip(),
        "kind": row["kind"],
        "from_score": row["from_score"],
        "to_score": row["to_score"],
        "actor": row["actor_id"],
        "reason": row["reason"],
        "occurred_at": row["occurred_at"],
    }
