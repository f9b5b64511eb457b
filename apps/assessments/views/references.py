"""What bodies refer to: rows of the school that the actor may know of."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError

from apps.assessments.models import QuestionCategory, Rubric
from apps.assessments.permissions import RubricPolicy

M = TypeVar("M", bound=Model)


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


def with_rows(fields: dict[str, Any], **querysets: QuerySet[Any]) -> dict[str, Any]:
    """Return `fields` with the rows in place of their ids, where they are named."""
    rows = {name: referred(rows, fields[name], name) for name, rows in querysets.items() if name in fields}
    return fields | rows


def with_filed_rows(fields: Mapping[str, Any], actor: Any) -> dict[str, Any]:
    """Return the fields of a question with the rows of its category and of its rubric in place of their ids."""
    rubrics = RubricPolicy.visible(actor, Rubric.objects.all())
    return with_rows(dict(fields), category=QuestionCategory.objects.all(), rubric=rubrics)
