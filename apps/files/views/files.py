"""`/files/`: what people see of files."""

from collections.abc import Hashable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.versions import etag_of
from apps.core.http.views import DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin, lookup_of
from apps.files.filters import FileFilter
from apps.files.models import File
from apps.files.permissions import FilePolicy, file_open_to
from apps.files.pictures import pictures_of
from apps.files.serializers import FileChangeSerializer, FileSerializer, FileUseSerializer, NewFileSerializer
from apps.files.services.files import change_file, delete_file
from apps.files.services.scanning import rescan_file
from apps.files.uses import uses_of
from apps.files.views import examples
from apps.files.views.receiving import FileCreateMixin


@extend_schema_view(
    list=extend_schema(
        summary="List files",
        description="What lies in folders that are open to the caller, and their own files outside of any folder. "
        "Newest first.",
        responses=FileSerializer(many=True),
        examples=[examples.FILE],
    ),
    create=extend_schema(
        summary="Upload a file",
        description="A multipart form with `file` and perhaps `folder`; for files beyond some 100 MB reserve an upload "
        "instead, which can be resumed. The body is streamed; what is too large (413 `file_too_large`) or has no room "
        "(409 `quota_exceeded`, `quota` says whose) is refused before it is read. The content decides what may be "
        "kept, not the name: `type_not_allowed`, `type_mismatch`, …",
        request={"multipart/form-data": NewFileSerializer},
        responses={201: FileSerializer},
        examples=[examples.FILE],
    ),
    retrieve=extend_schema(
        summary="Show a file",
        description="For who finds its folder, and for who may open what the file is used in: learners see the files "
        "of their courses.",
        responses=FileSerializer,
        examples=[examples.FILE],
    ),
    partial_update=extend_schema(
        summary="Rename or move a file",
        description="A name stands once per folder, whatever its case (409 `name_taken`). Out of all folders (`null`) "
        "only who uploaded the file finds it, so only they and admins may move it there.",
        request=FileChangeSerializer(partial=True),
        responses=FileSerializer,
        examples=[examples.FILE_CHANGE, examples.FILE],
    ),
    destroy=extend_schema(
        summary="Put a file into the trash",
        description="With all its versions; `/api/core/trash/` brings it back. Refused while something hangs on it "
        "(409 `file_in_use`, with `uses`).",
    ),
)
class FileViewSet(FileCreateMixin, ListMixin, RetrieveMixin, UpdateMixin, DestroyMixin):
    """Files."""

    policy = FilePolicy
    queryset = File.objects.order_by("-created_at", "-id")
    serializer_class = FileSerializer
    serializers_of_requests: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {"partial_update": FileChangeSerializer}
    filterset_class = FileFilter
    rows = "as_rows"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.serializers_of_requests.get(self.action, FileSerializer)

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        return queryset if self.action == "list" else queryset.select_related("folder", "blob")

    def _statement_key(self) -> Hashable | None:
        """Remember no statement that names the caller (`uploaded_by=me`): others who ask the same are not them."""
        return None if "uploaded_by" in self.request.query_params else super()._statement_key()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return [_with_pictures(row) for row in super().paginate_queryset(queryset) or ()]

    def get_object(self) -> Any:
        """Return the file that the URL names; to read it, also when it is open because of where it is used."""
        lookup = lookup_of(self.kwargs["id"])
        if self.action != "retrieve" or not lookup:
            return super().get_object()
        file = file_open_to(self.actor, lookup["id"])
        if file is None:
            raise NotFound
        return file

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with the file, whatever the request was made of."""
        return Response(FileSerializer(obj).data, status=status_code, headers={"ETag": str(etag_of(obj))})

    def perform_update(self, serializer: BaseSerializer[Any]) -> File:
        file: Any = serializer.instance
        return change_file(file=file, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: File) -> None:
        delete_file(file=instance, by=self.actor)

    @extend_schema(
        summary="Scan a file again for malware",
        description="All its versions, by a worker. What failed waits for the verdict (`pending`); the rest stays open "
        "or in quarantine until then. 409 `no_scanner` where none is set up.",
        request=None,
        responses={202: FileSerializer},
        examples=[examples.FILE_SCANNED],
    )
    def rescan(self, request: Request, **kwargs: Any) -> Response:
        file = rescan_file(file=self.get_object(), by=self.actor)
        return self.answer(self.get_queryset().get(id=file.id), status_code=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Show where a file is used",
        description="For who may change the file. While the list is not empty the file cannot be deleted.",
        filters=False,
        responses=FileUseSerializer(many=True),
        examples=[examples.FILE_USE],
    )
    def uses(self, request: Request, **kwargs: Any) -> Response:
        found = sorted(uses_of([self.get_object().id]), key=lambda use: (use.kind, use.title, use.id))
        rows = [{"kind": use.kind, "id": use.id, "title": use.title} for use in found]
        page = super().paginate_queryset(rows) or ()
        return self.get_paginated_response(list(page))


def _with_pictures(row: dict[str, Any]) -> dict[str, Any]:
    row["variants"] = pictures_of(file_id=row["id"], media_type=row["media_type"], version_number=row["version_number"])
    return row
