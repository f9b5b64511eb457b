"""`/files/folders/`: the tree of folders."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from apps.core.http.views import ListMixin, RetrieveMixin
from apps.files.filters import FolderFilter
from apps.files.models import Folder
from apps.files.permissions import FolderPolicy
from apps.files.serializers import FolderSerializer
from apps.files.views import examples


@extend_schema_view(
    list=extend_schema(
        summary="List folders",
        description="By name: the folders of the school, one's own private ones, for instructors those of staff too, "
        "for admins and principals all. `parent=root` lists the top of the tree.",
        examples=[examples.FOLDER],
    ),
    retrieve=extend_schema(summary="Show a folder", examples=[examples.FOLDER]),
)
class FolderViewSet(ListMixin, RetrieveMixin):
    """Folders."""

    policy = FolderPolicy
    queryset = Folder.objects.with_contents().order_by("name", "id")
    serializer_class = FolderSerializer
    filterset_class = FolderFilter
    rows = "as_rows"
