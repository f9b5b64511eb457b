"""What the tests of the outbox share: events, a handler that listens, and how to ring."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from apps.core.events import Event, emit
from apps.core.models import Delivery
from apps.core.request_context import current_request_id
from apps.core.tenancy.context import current_scope, platform_context


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    name: ClassVar[str] = "test.bell_rang.v1"

    bell: UUID
    at: datetime | None = None
    volume: Decimal = Decimal("1.5")
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class AnyBell(BellRang):
    """A kind of event without a name of its own."""


@dataclass(frozen=True, kw_only=True)
class SchoolBellRang(BellRang):
    name: ClassVar[str] = "test.school_bell_rang.v1"


class Listener:
    """A handler that notes what it hears and can be told to fail."""

    def __init__(self) -> None:
        self.heard: list[BellRang] = []
        self.scopes: list[UUID | None] = []
        self.request_ids: list[str] = []
        self.error: Exception | None = None

    def __call__(self, event: BellRang) -> None:
        if self.error is not None:
            raise self.error
        self.heard.append(event)
        self.scopes.append(current_scope().tenant_id)
        self.request_ids.append(current_request_id())


def ring(bell: UUID, **facts: Any) -> None:
    with transaction.atomic():
        emit(BellRang(bell=bell, **facts))


def deliveries() -> list[Delivery]:
    with platform_context(reason="test"):
        return list(Delivery.objects.order_by("id"))
