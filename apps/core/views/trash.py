"""The trash: what was deleted, until it is restored or deleted for good."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import DestroyMixin, ListMixin, RetrieveMixin
from apps.core.models import TrashEntry
from apps.core.permissions import TrashPolicy
from apps.core.selectors import get_setting
from apps.core.tenancy.context import current_scope
from apps.core.trash.filters import TrashFilter
from apps.core.trash.serializers import TrashEntrySerializer
from apps.core.trash.services import purge_entry, restore_from_trash

ENTRY = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f62", "kind": "files.folder", "kind_label": "folder",
    "object": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f61", "name": "Handouts", "row_count": 12,
    "deleted_by": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "deleted_at": "2026-01-05T08:00:00Z",
    "purges_at": "2026-02-04T08:00:00Z",
}  # fmt: skip
ANSWER = OpenApiExample("Deletion", value=ENTRY, response_only=True)
WHO = "For who deleted it, and for admins."


@extend_schema_view(
    list=extend_schema(
        summary="List the trash",
        description="What the caller deleted, newest first; for admins and principals, everybody's. What lay below a "
        "deleted row went along and is counted in `row_count`.",
        examples=[ANSWER],
    ),
    retrieve=extend_schema(summary="Read a deletion", description="See the list.", examples=[ANSWER]),
    destroy=extend_schema(
        summary="Delete for good",
        description="Now, with everything that went along, and without a way back; also what had been deleted from "
        f"below it earlier. 409 `still_in_use` while something outside of the trash refers to it. {WHO}",
    ),
)
class TrashViewSet(ListMixin, RetrieveMixin, DestroyMixin):
    """What was deleted and can be restored."""

    policy = TrashPolicy
    queryset = TrashEntry.objects.order_by("-deleted_at", "-id")
    serializer_class = TrashEntrySerializer
    filterset_class = TrashFilter

    def get_serializer_context(self) -> dict[str, Any]:
        days = get_setting("trash.days") if current_scope().tenant_id else None
        return {**super().get_serializer_context(), "days": days}

    @extend_schema(
        summary="Restore",
        description="Brings back what this deletion took, and answers the deletion as it was. 409 `parent_in_trash` "
        "when what it belongs to lies in the trash itself (`trash_entry` names that deletion), `name_taken` when "
        f"something else has its name by now; then nothing is restored. {WHO}",
        request=None,
        responses=TrashEntrySerializer,
        examples=[ANSWER],
    )
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        entry = self.get_object()
        restore_from_trash(entry=entry, by=self.actor)
        return self.answer(entry)

    def perform_destroy(self, instance: Any) -> None:
        purge_entry(entry=instance, by=self.actor)
