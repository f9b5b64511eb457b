"""`/files/`: what people see of files."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound

from apps.core.http.views import ListMixin, RetrieveMixin, lookup_of
from apps.files.filters import FileFilter
from apps.files.models import File
from apps.files.permissions import FilePolicy, files_open_to
from apps.files.serializers import FileSerializer
from apps.files.views import examples


@extend_schema_view(
    list=extend_schema(
        summary="List files",
        description="What lies in folders that are open to the caller, and their own files outside of any folder. "
        "Newest first.",
        examples=[examples.FILE],
    ),
    retrieve=extend_schema(
        summary="Show a file",
        description="Who finds its folder, and who may open what the file is used in: learners the files of their "
        "courses.",
        examples=[examples.FILE],
    ),
)
class FileViewSet(ListMixin, RetrieveMixin):
    """Files."""

    policy = FilePolicy
    queryset = File.objects.order_by("-created_at", "-id")
    serializer_class = FileSerializer
    filterset_class = FileFilter
    rows = "as_rows"

    def get_object(self) -> Any:
        """Return the file that the URL names; to read it, also when it is open because of where it is used."""
        lookup = lookup_of(self.kwargs["id"])
        if self.action not in {"retrieve", "download"} or not lookup:
            return super().get_object()
        file = files_open_to(self.actor, lookup["id"]).select_related("blob", "folder").first()
        if file is None:
            raise NotFound
        return file
