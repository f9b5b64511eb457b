"""System checks: what a model must be to go to the trash. `manage.py check` names the offender."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db.models import Q, UniqueConstraint

from apps.core.trash.registry import trashable_models

OUT_OF_THE_TRASH = ("trash_entry__isnull", True)
KEYS = {("tenant", "id"), ("id",)}


@register()
def check_trashable_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What lies in the trash keeps no name from anybody, and is found there without reading the whole table."""
    del app_configs, kwargs
    return [found for model in trashable_models() for found in check_trashable_model(model)]


def check_trashable_model(model: Any) -> Iterator[CheckMessage]:
    """Yield what keeps one model from going to the trash."""
    for name in _keys_that_the_trash_keeps(model):
        yield Error(
            f"{model._meta.label}: {name} also holds for rows in the trash, and nothing could take their place. "
            f"Use a UniqueConstraint with condition=NOT_IN_TRASH.",
            id="trash.E001",
        )
    if not any(list(index.fields[:2]) == ["tenant", "trash_entry"] for index in model._meta.indexes):
        yield Error(
            f'{model._meta.label} needs an index on fields=["tenant", "trash_entry"], by which one deletion is found.',
            id="trash.E002",
        )


def _keys_that_the_trash_keeps(model: Any) -> Iterator[str]:
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            yield f"unique=True of {field.name}"
    for fields in model._meta.unique_together:
        yield f"unique_together of {', '.join(fields)}"
    for constraint in model._meta.constraints:
        is_key = isinstance(constraint, UniqueConstraint) and tuple(constraint.fields) not in KEYS
        if is_key and not _asks_for(constraint.condition):
            yield f"the constraint {constraint.name}"


def _asks_for(condition: Q | None) -> bool:
    """Whether nothing in the trash meets the condition."""
    if condition is None or condition.negated or condition.connector != Q.AND:
        return False
    return any(_asks_for(child) if isinstance(child, Q) else child == OUT_OF_THE_TRASH for child in condition.children)
