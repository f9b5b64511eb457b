"""The way of a file through all checks."""

from collections.abc import Collection
from typing import BinaryIO

from apps.files.inspection.archives import check_archive
from apps.files.inspection.detection import media_type_of
from apps.files.inspection.errors import refuse
from apps.files.inspection.images.checks import check_image
from apps.files.inspection.mixed import check_single
from apps.files.inspection.names import check_extension, check_name, extension_of
from apps.files.inspection.types import is_allowed


def inspect(source: BinaryIO, *, name: str, size: int, allowed: Collection[str]) -> str:
    """Return the media type of what `source` holds, or refuse it. Memory and time are bounded.

    Args:
        source: the bytes, seekable; its position afterwards is anywhere.
        name: as the person gave it; the extension must fit the content, a name without one is fine.
        size: how many bytes `source` holds.
        allowed: media types and groups (`types.GROUPS`): the setting `files.allowed_types`.

    Raises:
        UnsafeFile: its code says which rule the file breaks.
    """
    if not size:
        refuse("The file is empty. Upload one with contents.", code="empty_file")
    check_name(name)
    media_type = media_type_of(source, size=size, extension=extension_of(name))
    _check_type(media_type, name, allowed)
    check_single(source, size, media_type)
    check_archive(source, size, media_type)
    check_image(source, size, media_type)
    return media_type


def _check_type(media_type: str, name: str, allowed: Collection[str]) -> None:
    if not is_allowed(media_type, allowed):
        message = (
            f"The content of this file is of type {media_type}, which is not accepted here. "
            f"Choose one of what is: {', '.join(sorted(allowed)) or 'nothing'}."
        )
        refuse(message, code="type_not_allowed")
    check_extension(name, media_type=media_type)
