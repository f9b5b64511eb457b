"""Final grades, as far as they stand."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.enrollments.models import Enrollment
from apps.gradebook.models import FinalGrade, Gradebook

_PERSON = ("user_id", "user__first_name", "user__last_name", "user__email", "status")


def learner_rows(
    course_id: UUID, *, statuses: Collection[str], user_id: UUID | None = None
) -> QuerySet[Enrollment, dict[str, Any]]:
    """Return the learners of a course by name, as rows for `final_rows`; or one of them."""
    about: dict[str, Any] = {"course_id": course_id, "status__in": statuses}
    if user_id is not None:
        about["user_id"] = user_id
    learners = Enrollment.objects.filter(**about)
    rows: QuerySet[Enrollment, dict[str, Any]] = learners.order_by(
        "user__last_name", "user__first_name", "user_id"
    ).values(*_PERSON)
    return rows


def final_rows(course_id: UUID, learners: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the final grades of these learners as they are on the wire: two statements."""
    frozen_at = frozen_since(course_id)
    finals = FinalGrade.objects.filter(course_id=course_id, user_id__in=[row["user_id"] for row in learners])
    known = {final.user_id: final for final in finals}
    return [_row(learner, known.get(learner["user_id"]) or FinalGrade(version=0), frozen_at) for learner in learners]


def frozen_since(course_id: UUID) -> datetime | None:
    """Return when the final grades of a course were frozen; None: they are open."""
    return Gradebook.objects.filter(course_id=course_id).values_list("frozen_at", flat=True).first()


def stands(final: FinalGrade, frozen_at: datetime | None) -> bool:
    """Whether a final grade is one of those that were frozen at this moment."""
    return frozen_at is not None and final.frozen_at == frozen_at


def _row(learner: dict[str, Any], final: FinalGrade, frozen_at: datetime | None) -> dict[str, Any]:
    is_final = stands(final, frozen_at)
    return {
        "user": learner["user_id"],
        "user_name": f"{learner['user__first_name']} {learner['user__last_name']}".strip() or learner["user__email"],
        "email": learner["user__email"],
        "enrollment_status": learner["status"],
        "points": final.points if is_final else None,
        "max_points": final.max_points if is_final else None,
        "percentage": final.percentage if is_final else None,
        "override_percentage": final.override_percentage,
        "final_percentage": final.effective_percentage if is_final else None,
        "label": final.label if is_final else "",
        "is_passed": final.is_passed if is_final else None,
        "frozen_at": frozen_at if is_final else None,
        "version": final.version,
    }
