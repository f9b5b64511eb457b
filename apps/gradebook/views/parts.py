"""What the views of a gradebook's parts share."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS

from apps.core.http.versions import require_match
from apps.gradebook.services import lock_gradebook
from apps.gradebook.views.base import OfCourseMixin

M = TypeVar("M", bound=Model)


class PartMixin(OfCourseMixin):
    """A part of a gradebook, below its course or flat."""

    def get_queryset(self) -> QuerySet[Any]:
        parts = super().get_queryset()
        return parts.filter(course_id=self.checked_course().id) if "course_id" in self.kwargs else parts

    def get_object(self) -> Any:
        """Return the part; when the request changes it, lock its gradebook first, as the services do."""
        obj = super().get_object()
        if self.request.method in SAFE_METHODS:
            return obj
        lock_gradebook(obj.course_id)
        obj = super().get_object()
        require_match(self.request, obj)
        return obj


def referred(queryset: QuerySet[M], row_id: UUID | None, field: str) -> M | None:
    """Return the row with this id; None for none.

    Raises:
        ValidationError: there is no such row, or the actor may not know of it.
    """
    if row_id is None:
        return None
    row = queryset.filter(pk=row_id).first()
    if row is None:
        raise ValidationError({field: ["There is no such object."]}, code="does_not_exist")
    return row
