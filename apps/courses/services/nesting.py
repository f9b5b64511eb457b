"""Items under items: at most `MAX_DEPTH` levels, never in a circle, never across modules."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from apps.core.errors import InvalidInput

MAX_DEPTH: Final = 3
Parents = Mapping[UUID, UUID | None]


class InvalidParent(InvalidInput):
    """The item cannot be nested there."""

    code = "invalid_parent"
    default_field = "parent"


def descendants(parents: Parents, item_id: UUID) -> set[UUID]:
    """Return the ids of all that is nested under the item."""
    return {key for key in parents if key != item_id and item_id in _path(parents, key)}


def _path(parents: Parents, item_id: UUID) -> list[UUID]:
    """Return the item and what it is nested under, innermost first."""
    path = [item_id]
    while (parent := parents.get(path[-1])) is not None:
        path.append(parent)
    return path


def _height(parents: Parents, item_id: UUID) -> int:
    """Return how many levels the item and what is nested under it take up."""
    below = descendants(parents, item_id)
    return max((_path(parents, key).index(item_id) + 1 for key in below), default=1)


def check_parent(parents: Parents, item_id: UUID | None, parent_id: UUID | None) -> None:
    """Require that the item may be nested under `parent_id`.

    Args:
        parents: the parent of each item of the module.
        item_id: None: an item that does not exist yet.
        parent_id: None: the module itself, where everything may stand.

    Raises:
        InvalidParent: unknown in the module, the item itself or nested under it, or too deep.
    """
    if parent_id is None:
        return
    if parent_id not in parents:
        message = "There is no such item in this module to nest under."
        raise InvalidParent(message)
    path = _path(parents, parent_id)
    if item_id in path:
        message = "An item cannot be nested under itself or under what is nested under it."
        raise InvalidParent(message)
    height = 1 if item_id is None else _height(parents, item_id)
    if len(path) + height > MAX_DEPTH:
        message = f"Items can be nested {MAX_DEPTH} levels deep; this would be {len(path) + height}."
        raise InvalidParent(message)
