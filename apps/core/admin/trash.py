"""The trash, for who may look after it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin.base import TenantModelAdmin
from apps.core.models import TrashEntry
from apps.core.trash.services import purge_entry, restore_from_trash


@admin.register(TrashEntry)
class TrashEntryAdmin(TenantModelAdmin):
    """Deletions: each is restored, or deleted for good, with everything that went along."""

    read_permission = "trash:read"
    write_permission = "trash:write"
    list_display = ("name", "kind", "row_count", "deleted_by_id", "deleted_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "object_id", "row_count", "deleted_by_id", "deleted_at")
    ordering = ("-deleted_at", "-id")
    actions = ("restore", "purge")

    @admin.action(description="Restore", permissions=["write"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Bring the chosen deletions back: the latest first, since a parent may have followed its child."""
        entries = list(queryset.order_by("-deleted_at", "-id"))
        for entry in entries:
            restore_from_trash(entry=entry, by=self.actor(request))
        self.message_user(request, f"{len(entries)} deletions were taken back.")

    @admin.action(description="Delete for good, now", permissions=["write"])
    def purge(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen ones for good; one below another may be gone with it."""
        for entry in queryset.order_by("deleted_at", "id"):
            purge_entry(entry=entry, by=self.actor(request))
        self.message_user(request, "What you chose was deleted for good.")
