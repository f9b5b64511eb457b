"""Walks through the tree of folders, each one statement, bounded also where the tree were no tree."""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.core.tenancy.context import current_tenant_id

MOST_LEVELS: Final = 20
# Beyond what the services allow, so that a walk ends.
_FARTHEST: Final = 2 * MOST_LEVELS

_ABOVE: Final = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id, 1 AS level FROM files_folder WHERE tenant_id = %(tenant)s AND id = %(folder)s
        UNION ALL
        SELECT parent.id, parent.parent_id, above.level + 1 FROM files_folder parent
        JOIN above ON parent.id = above.parent_id
        WHERE parent.tenant_id = %(tenant)s AND above.level < %(farthest)s
    )
    SELECT id FROM above ORDER BY level
"""
BELOW: Final = """
    WITH RECURSIVE below AS (
        SELECT id, 1 AS level FROM files_folder WHERE tenant_id = %(tenant)s AND id = %(folder)s
        UNION ALL
        SELECT child.id, below.level + 1 FROM files_folder child
        JOIN below ON child.parent_id = below.id
        WHERE child.tenant_id = %(tenant)s AND below.level < %(farthest)s
    )
"""
_HEIGHT: Final = f"{BELOW} SELECT COALESCE(MAX(level), 0) FROM below"  # noqa: S608  a constant


def path_of(folder_id: UUID) -> list[UUID]:
    """Return the folder and what it lies in, innermost first."""
    return [folder for (folder,) in _rows(_ABOVE, folder_id)]


def height_of(folder_id: UUID) -> int:
    """Return how many levels the folder and what lies in it take up: 1 without subfolders."""
    ((height,),) = _rows(_HEIGHT, folder_id)
    return int(height)


def walk_parameters(folder_id: UUID) -> dict[str, Any]:
    """Return what the statements of a walk ask for."""
    return {"tenant": current_tenant_id(), "folder": folder_id, "farthest": _FARTHEST}


def _rows(sql: str, folder_id: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, walk_parameters(folder_id))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
