"""The picture of a course: a file of the school, or else the address of one elsewhere."""

from typing import Any
from uuid import UUID

from apps.files.choices import VariantKind
from apps.files.pictures import is_picture_url, picture_url


def thumbnail_of(url: str, file_id: UUID | None) -> str:
    """Return where browsers get the picture: that of the file if there is one, else `url`; it takes no SQL."""
    return picture_url(file_id=file_id, kind=VariantKind.CARD) if file_id is not None else url


def with_thumbnail(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the course list as it goes on the wire; takes the row apart."""
    file_id = row.pop("thumbnail_file_id")
    if file_id is not None:
        row["thumbnail_url"] = thumbnail_of("", file_id)
    return row


def without_own_thumbnail(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what an author sends without our own address of a file's picture: it came from a course that was read."""
    if is_picture_url(fields.get("thumbnail_url") or ""):
        return {name: value for name, value in fields.items() if name != "thumbnail_url"}
    return fields
