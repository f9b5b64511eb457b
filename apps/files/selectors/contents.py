"""What lies directly in a folder: subfolders first, then files, each by name."""

from typing import Any, Final

from django.db.models import CharField, F, IntegerField, PositiveIntegerField, QuerySet, Value
from django.db.models.functions import Lower

from apps.files.models import File, Folder

CONTENT_ROW: Final = (
    "kind", "id", "name", "size_bytes", "file_count", "media_type", "scan_state", "version_number", "created_at",
    "updated_at",
)  # fmt: skip


def folder_contents(subfolders: "QuerySet[Folder]", files: "QuerySet[File]") -> QuerySet[Any, dict[str, Any]]:
    """Return one list of rows of subfolders and files, keyed as on the wire.

    Args:
        subfolders: those of the folder that the reader may know of.
        files: those of the folder.
    """
    folder_rows = subfolders.order_by().with_contents().annotate(  # type: ignore[attr-defined]  # our queryset
        kind=Value("folder"), media_type=_nothing(CharField()), scan_state=_nothing(CharField()),
        version_number=_nothing(PositiveIntegerField()), rank=Value(0), sort_name=Lower("name"),
    )  # fmt: skip
    file_rows = files.order_by().annotate(
        kind=Value("file"), file_count=_nothing(IntegerField()), scan_state=F("blob__scan_state"), rank=Value(1),
        sort_name=Lower("name"),
    )  # fmt: skip
    columns = (*CONTENT_ROW, "rank", "sort_name")
    rows: QuerySet[Any, dict[str, Any]] = folder_rows.values(*columns).union(file_rows.values(*columns), all=True)
    return rows.order_by("rank", "sort_name", "id")


def _nothing(output_field: Any) -> Value:
    return Value(None, output_field=output_field)
