"""`/files/folders/`: the tree of folders."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.versions import etag_of
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.core.rows import QueryRows
from apps.files.filters import FolderFilter
from apps.files.models import File, Folder
from apps.files.permissions import FolderPolicy
from apps.files.selectors import folder_contents
from apps.files.serializers import (
    FolderChangeSerializer,
    FolderContentSerializer,
    FolderSerializer,
    NewFolderSerializer,
)
from apps.files.services.folders import change_folder, create_folder, delete_folder
from apps.files.views import examples


@extend_schema_view(
    list=extend_schema(
        summary="List folders",
        description="By name: the folders of the school, one's own private ones, for instructors those of staff too, "
        "for admins and principals all. `parent=root` lists the top of the tree.",
        responses=FolderSerializer(many=True),
        examples=[examples.FOLDER],
    ),
    retrieve=extend_schema(summary="Show a folder", responses=FolderSerializer, examples=[examples.FOLDER]),
    create=extend_schema(
        summary="Make a folder",
        description="At the top a private one, unless staff say else; below a parent it is as visible as that. A name "
        "stands once per parent, whatever its case (409 `name_taken`); 20 levels at most (409 `folder_too_deep`).",
        request=NewFolderSerializer,
        responses={201: FolderSerializer},
        examples=[examples.NEW_FOLDER, examples.FOLDER],
    ),
    partial_update=extend_schema(
        summary="Rename, move or show a folder",
        description="Moved into a parent it takes its visibility, with all that lies in it; at the top (`null`) it "
        "keeps its own. Never into itself or what lies in it (409 `folder_cycle`). A new visibility holds for "
        "everything below.",
        request=FolderChangeSerializer(partial=True),
        responses=FolderSerializer,
        examples=[examples.FOLDER_CHANGE, examples.FOLDER],
    ),
    destroy=extend_schema(
        summary="Put a folder into the trash",
        description="With all that lies in it; `/api/core/trash/` brings it back. Refused while one of its files is "
        "used (409 `file_in_use`, with `uses`).",
    ),
)
class FolderViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Folders, and what lies in them."""

    policy = FolderPolicy
    queryset = Folder.objects.order_by("name", "id")
    serializer_class = FolderSerializer
    serializers_of_requests: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {
        "create": NewFolderSerializer,
        "partial_update": FolderChangeSerializer,
    }
    filterset_class = FolderFilter
    rows = "as_rows"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.serializers_of_requests.get(self.action, FolderSerializer)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with the folder and what lies in it, whatever the request was made of."""
        folder = Folder.objects.with_contents().get(id=obj.id)
        headers = {"ETag": str(etag_of(folder))}
        return Response(FolderSerializer(folder).data, status=status_code, headers=headers)

    def perform_create(self, serializer: BaseSerializer[Any]) -> Folder:
        return create_folder(by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Folder:
        folder: Any = serializer.instance
        return change_folder(folder=folder, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: Folder) -> None:
        delete_folder(folder=instance, by=self.actor)

    @extend_schema(
        summary="Show what lies in a folder",
        description="Subfolders first, then files, each by name, with their sizes.",
        filters=False,
        responses=FolderContentSerializer(many=True),
        examples=[examples.FOLDER_CONTENT],
    )
    def contents(self, request: Request, **kwargs: Any) -> Response:
        folder = self.get_object()
        subfolders = self.policy.visible(self.actor, Folder.objects.filter(parent=folder))
        rows: Any = QueryRows(lambda: folder_contents(subfolders, File.objects.filter(folder=folder)))
        columns = list(FolderContentSerializer().fields)
        page = self.paginate_queryset(rows) or ()
        return self.get_paginated_response([{name: row[name] for name in columns} for row in page])
