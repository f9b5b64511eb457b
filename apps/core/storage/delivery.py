"""How a download presents itself to a browser: shown, or saved under a name."""

import re
from typing import Final

from django.utils.http import content_disposition_header

from apps.core.storage.base import Delivered

# What a browser shows without running it. Never HTML, SVG or XML: they are programs.
SHOWN_INLINE: Final = frozenset(
    {
        *("image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"),
        *("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm"),
        *("video/mp4", "video/mpeg", "video/ogg", "video/quicktime", "video/webm"),
        *("application/pdf", "text/plain"),
    }
)
UNKNOWN_TYPE: Final = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.ASCII)
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\]")


def disposition_of(delivered: Delivered) -> str:
    """Return the Content-Disposition: inline only if that was asked for and the type is harmless."""
    name = _NOT_IN_A_NAME.sub("_", delivered.file_name) or "file"
    as_attachment = not (delivered.is_inline and media_type_of(delivered.media_type) in SHOWN_INLINE)
    return content_disposition_header(as_attachment, name) or "attachment"


def media_type_of(media_type: str) -> str:
    """Return the bare media type in lower case; what is none is unknown bytes."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else UNKNOWN_TYPE
