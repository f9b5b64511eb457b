"""What happened in the trash."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events.base import Event


@dataclass(frozen=True, kw_only=True)
class TrashMoved(Event):
    """A row, and everything below it, went to the trash."""

    name: ClassVar[str] = "trash.moved.v1"

    entry_id: UUID
    kind: str
    object_id: UUID
    row_count: int
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TrashRestored(Event):
    """Everything that one deletion had taken is back."""

    name: ClassVar[str] = "trash.restored.v1"

    entry_id: UUID
    kind: str
    object_id: UUID
    row_count: int
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TrashPurged(Event):
    """What one deletion had taken was deleted for good; `actor_id` None: its time was over."""

    name: ClassVar[str] = "trash.purged.v1"

    entry_id: UUID
    kind: str
    object_id: UUID
    row_count: int
    actor_id: UUID | None
