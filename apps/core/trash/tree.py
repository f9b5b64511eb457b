"""Which rows go along with which: the CASCADE foreign keys between models of the trash.

Rows are moved where they are: one UPDATE per level and table, and none is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet

from apps.core.errors import Conflict
from apps.core.tenancy.context import current_tenant_id
from apps.core.tenancy.locks import tenant_references
from apps.core.trash.models import TrashableModel
from apps.core.trash.registry import trashable_models

MAX_LEVELS: Final = 200
IN_TENANT: Final = "tenant_id = %(tenant)s"
MARKED: Final = "trash_entry_id = %(entry)s"

Model = type[TrashableModel]


class TooDeep(Conflict):
    """There are more levels below the row than one deletion walks through."""

    code = "too_deep"
    default_detail = (
        f"More than {MAX_LEVELS} levels hang below this, which is more than one deletion takes along. "
        "Delete a part further down first."
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key `name` of `child`, in the trash as in life, to `parent`."""

    child: Model
    name: str
    parent: Model
    is_cascade: bool

    @property
    def column(self) -> str:
        return f"{self.name}_id"


def references() -> Iterator[Reference]:
    """Yield the foreign keys from one trashable model to another, or to itself."""
    for child in trashable_models():
        for field in tenant_references(child):
            parent: Any = field.related_model
            if issubclass(parent, TrashableModel):
                is_cascade = field.remote_field.on_delete is models.CASCADE
                yield Reference(child, field.name, parent, is_cascade)


def models_below(model: Model) -> list[Model]:
    """Return `model` and every model whose rows may go along with it; parents come before children."""
    found = [model]
    for parent in found:
        found += [
            reference.child
            for reference in references()
            if reference.is_cascade and reference.parent is parent and reference.child not in found
        ]
    return found


def rows_of(model: Model, entry_id: UUID) -> QuerySet[Any]:
    """Return the rows of `model` that lie in the trash by one deletion."""
    return model._default_manager.filter(trash_entry_id=entry_id)


def carry_along(
    model: Model, entry_id: UUID, *, from_trash: bool = False, max_levels: int = MAX_LEVELS
) -> tuple[int, list[Model]]:
    """Mark everything below the rows of `model` that bear `entry_id`, level by level.

    Each row is locked against new references to it, so a child that is being added is either seen by the next
    level, or finds its parent in the trash.

    Args:
        model: whose rows have been marked already.
        entry_id: the mark.
        from_trash: whether rows that another deletion has taken change over to this one; else they keep to it.
        max_levels: how many levels to walk at most.

    Returns:
        How many rows were marked, and the models that have any, `model` included.

    Raises:
        TooDeep: there are more.
    """
    count, touched, frontier = 0, [model], {model}
    for _ in range(max_levels + 1):  # the last one finds nothing
        reached: set[Model] = set()
        for reference in references():
            if reference.is_cascade and reference.parent in frontier:
                marked = _mark_children(reference, entry_id, from_trash=from_trash)
                count += marked
                reached |= {reference.child} if marked else set()
        if not reached:
            return count, touched
        touched += [child for child in reached if child not in touched]
        frontier = reached
    raise TooDeep


def _mark_children(reference: Reference, entry_id: UUID, *, from_trash: bool) -> int:
    """Mark one level of one table. Arrays, since each is made once: a join may be made once per row."""
    child, parent = reference.child._meta.db_table, reference.parent._meta.db_table
    condition = "trash_entry_id IS DISTINCT FROM %(entry)s" if from_trash else "trash_entry_id IS NULL"
    below = f'"{reference.column}" = ANY(ARRAY(SELECT id FROM "{parent}" WHERE {IN_TENANT} AND {MARKED}))'  # noqa: S608  names of our models
    locked = f'SELECT id FROM "{child}" WHERE {IN_TENANT} AND {condition} AND {below} FOR UPDATE'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{child}" SET {MARKED} WHERE {IN_TENANT} AND id = ANY(ARRAY({locked}))',  # noqa: S608
            {"entry": entry_id, "tenant": current_tenant_id()},
        )
        marked: int = cursor.rowcount
    return marked
