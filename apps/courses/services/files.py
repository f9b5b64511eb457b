"""Files in courses: which one may be used where."""

from typing import Final
from uuid import UUID

from apps.core.errors import InvalidInput
from apps.courses.content_types import CONTENT_TYPES
from apps.files.choices import ScanState
from apps.files.models import File
from apps.files.pictures import RASTER_TYPES

_GONE: Final = "There is no such file, or you may not use it. Upload it, or choose one that you can open."


class UnusableFile(InvalidInput):
    """The file cannot be used here; `code` says why.

    `unknown_file`, `not_for_this_type` (the content type takes no files), `file_type_mismatch`, `file_infected`,
    `not_a_picture`.
    """

    default_field = "file"

    def __init__(self, detail: str = _GONE, *, code: str = "unknown_file", field: str | None = None) -> None:
        super().__init__(detail, field=field)
        self.code = code  # type: ignore[misc]  # one class, many pointed codes


def lock_file_for(content_type: str, file_id: UUID) -> File:
    """Return a file that items of this type may have, locked until the transaction ends, so that it stays.

    Whether the person may see the file is the business of the edge.

    Raises:
        UnusableFile: the type takes no files or none of this media type, the file holds malware, or it has gone.
    """
    kind = CONTENT_TYPES[content_type]
    if not kind.file_types:
        message = f"An item of type {content_type} has no file; leave `file` away."
        raise UnusableFile(message, code="not_for_this_type")
    file = lock_file(file_id)
    if file.media_type not in kind.file_types:
        taken = ", ".join(sorted(kind.file_types))
        message = f"{file.name} is {file.media_type}. An item of type {content_type} takes one of: {taken}."
        raise UnusableFile(message, code="file_type_mismatch")
    return file


def lock_file(file_id: UUID, *, field: str | None = None) -> File:
    """Return the file, locked against its deletion until the transaction ends; `field` is where it was named.

    Raises:
        UnusableFile: it holds malware, or it has gone.
    """
    found = File.objects.select_for_update(no_key=True, of=("self",)).select_related("blob")
    file = found.filter(id=file_id).first()
    if file is None:
        raise UnusableFile(field=field)
    if file.blob.scan_state == ScanState.INFECTED:
        message = f"{file.name} holds malware and is in quarantine. Upload a clean copy and use that."
        raise UnusableFile(message, code="file_infected", field=field)
    return file


def lock_picture(file_id: UUID, *, field: str) -> File:
    """Return a file that browsers show as a picture, locked as by `lock_file`.

    Raises:
        UnusableFile: it is no picture, holds malware, or has gone.
    """
    file = lock_file(file_id, field=field)
    if file.media_type not in RASTER_TYPES:
        message = f"{file.name} is {file.media_type}, no picture. Choose a JPEG, PNG, WebP, GIF or AVIF file."
        raise UnusableFile(message, code="not_a_picture", field=field)
    return file
