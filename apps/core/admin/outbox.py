"""The outbox and the idempotency records."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin.base import TenantModelAdmin
from apps.core.choices import DeliveryState
from apps.core.events.outbox import replay_delivery
from apps.core.models import Delivery, IdempotencyRecord
from apps.core.tenancy.context import current_scope


@admin.register(Delivery)
class DeliveryAdmin(TenantModelAdmin):
    """Events on their way; parked ones can be replayed."""

    read_permission = "events:read"
    write_permission = "events:write"
    list_display = ("event", "handler", "state", "attempts", "occurred_at", "next_attempt_at")
    list_filter = ("state", "event", "handler")
    search_fields = ("request_id",)
    ordering = ("-occurred_at", "-id")
    actions = ("replay",)

    def may_write(self, request: HttpRequest) -> bool:
        """Replaying needs no open school: each delivery runs in its own."""
        return super().may_write(request) or current_scope().platform

    @admin.action(description="Replay parked deliveries", permissions=["write"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put the chosen parked deliveries back in the queue."""
        parked = list(queryset.filter(state=DeliveryState.PARKED))
        for delivery in parked:
            replay_delivery(delivery=delivery)
        self.message_user(request, f"{len(parked)} parked deliveries are being delivered again.")


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(TenantModelAdmin):
    """Answers kept for requests that may come again; to look at only."""

    read_permission = "events:read"
    list_display = ("key", "actor_id", "status_code", "created_at")
    fields = ("key", "actor_id", "fingerprint", "status_code", "created_at")
    ordering = ("-created_at", "-id")
