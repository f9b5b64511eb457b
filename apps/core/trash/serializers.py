"""The trash on the wire."""

from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from apps.core.models import TrashEntry
from apps.core.trash.registry import label_of


class TrashEntrySerializer(serializers.ModelSerializer[TrashEntry]):
    """One deletion. The context's `days` says how long the school keeps it."""

    kind = serializers.CharField(help_text="What was deleted, for programs: `files.folder`.")
    kind_label = serializers.SerializerMethodField(help_text="What was deleted, for people: `folder`.")
    object = serializers.UUIDField(source="object_id", help_text="The id that it had, and has again when restored.")
    deleted_by = serializers.UUIDField(
        source="deleted_by_id", allow_null=True, help_text="The account; null when it went by itself."
    )
    purges_at = serializers.SerializerMethodField(
        help_text="When it is deleted for good, at the next nightly purge; null where no school is open."
    )

    class Meta:
        model = TrashEntry
        fields = ("id", "kind", "kind_label", "object", "name", "row_count", "deleted_by", "deleted_at", "purges_at")
        read_only_fields = fields

    def get_kind_label(self, obj: TrashEntry) -> str:
        return label_of(obj.kind)

    def get_purges_at(self, obj: TrashEntry) -> datetime | None:
        days: Any = self.context.get("days")
        return None if days is None else obj.deleted_at + timedelta(days=days)
