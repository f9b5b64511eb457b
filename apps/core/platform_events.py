"""What happened to tenants and settings."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events.base import Event


@dataclass(frozen=True, kw_only=True)
class TenantCreated(Event):
    """A tenant was set up; handlers run inside of it."""

    name: ClassVar[str] = "tenant.created.v1"

    tenant_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TenantStatusChanged(Event):
    """A tenant was suspended, opened again, made read-only or archived."""

    name: ClassVar[str] = "tenant.status_changed.v1"

    tenant_id: UUID
    before: str
    after: str
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class SettingChanged(Event):
    """Somebody chose, reset or locked a setting, in the open tenant or for the platform."""

    name: ClassVar[str] = "setting.changed.v1"

    key: str
    actor_id: UUID | None
