"""Which type a file is of: the signature first, then a look into containers; a text otherwise."""

from typing import BinaryIO

from apps.files.inspection.archives import zip_type_of
from apps.files.inspection.ole import ole_type_of
from apps.files.inspection.reading import read_at
from apps.files.inspection.signatures import HEAD_BYTES, OLE, UNKNOWN, ZIP, signature_of
from apps.files.inspection.texts import text_type_of
from apps.files.inspection.types import BY_MEDIA_TYPE

# Types that share a form: the name may say which of them it is, for nothing hangs on it.
_SAME_FORM = {
    "text/plain": ("text/csv", "text/markdown", "text/vtt", "application/x-subrip", "application/json"),
    "text/html": ("text/markdown",),
    "video/mp4": ("audio/mp4",),
    "video/webm": ("audio/webm",),
}


def media_type_of(source: BinaryIO, *, size: int, extension: str) -> str:
    """Return the media type by content; the extension decides among those of one form only.

    Raises:
        UnsafeFile: a container is too broken to say.
    """
    head = read_at(source, 0, HEAD_BYTES)
    found = signature_of(head)
    if found == ZIP:
        found = zip_type_of(source, size)
    elif found == OLE:
        found = ole_type_of(source)
    elif found is None:
        found = text_type_of(source, head) or UNKNOWN
    if found in BY_MEDIA_TYPE and extension in BY_MEDIA_TYPE[found].extensions:
        return found
    relatives = (other for other in _SAME_FORM.get(found, ()) if extension in BY_MEDIA_TYPE[other].extensions)
    return next(relatives, found)
