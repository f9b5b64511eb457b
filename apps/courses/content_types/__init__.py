"""Content types as plug-ins: one small module each, registered here.

To add one: write its module with a class that fits `ContentType`, and name it in `_TYPES`.
"""

from collections.abc import Mapping
from typing import Any, Final

from apps.courses.content_types.assignment import Assignment
from apps.courses.content_types.audio import Audio
from apps.courses.content_types.base import ContentType, InvalidPayload, Payload, clean_entries
from apps.courses.content_types.document import Document
from apps.courses.content_types.embed import Embed
from apps.courses.content_types.h5p import H5P
from apps.courses.content_types.image import Image
from apps.courses.content_types.quiz import Quiz
from apps.courses.content_types.scorm import Scorm
from apps.courses.content_types.text import Text
from apps.courses.content_types.url import Url
from apps.courses.content_types.urls import https_url
from apps.courses.content_types.video import Video

__all__ = [
    "CONTENT_TYPES", "TEXT_CONTENT", "ContentType", "InvalidPayload", "Payload", "clean_payload", "https_url",
]  # fmt: skip

_TYPES: Final[list[ContentType]] = [
    Text(), Video(), Audio(), Document(), Image(), Url(), Embed(), Quiz(), Assignment(), Scorm(), H5P(),
]  # fmt: skip
CONTENT_TYPES: Final[Mapping[str, ContentType]] = {kind.name: kind for kind in _TYPES}
TEXT_CONTENT: Final = "text_content"


def clean_payload(content_type: str, payload: Any, *, has_file: bool = False) -> Payload:
    """Return the payload of an item as it is stored: checked by the plug-in of the type, and finished.

    `has_file`: the item has a file, so it needs no address besides.

    Raises:
        InvalidPayload: the type is unknown (code `unknown_content_type`), or an entry does not fit; `field` is
            the entry in wire notation (`payload.url`, `text_content`).
    """
    kind = CONTENT_TYPES.get(content_type)
    if kind is None:
        message = f"There is no content type {content_type[:30]!r}; there are {', '.join(CONTENT_TYPES)}."
        raise InvalidPayload(message, code="unknown_content_type", field="content_type")
    try:
        return kind.finish(clean_entries(kind.entries, payload, has_file=has_file))
    except InvalidPayload as error:
        if error.field in {TEXT_CONTENT, InvalidPayload.default_field}:
            raise
        raise InvalidPayload(error.detail, code=error.code, field=f"payload.{error.field}") from error
