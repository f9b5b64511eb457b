"""Files of any size by an ordinary form: never in memory, and refused by their length before a byte is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final, Protocol, cast

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from rest_framework.parsers import MultiPartParser as BaseMultiPartParser
from rest_framework.request import Request

from apps.core.errors import DomainError, InvalidInput

# What a form has besides its file: boundaries, headers, a few fields.
FORM_BYTES: Final = 64 * 1024


class LengthRequired(DomainError):
    """Nobody knows how much is coming."""

    status = 411
    code = "length_required"
    default_detail = (
        "Send the length of the body (Content-Length); only then can it be told beforehand whether the file fits."
    )


class NoFile(InvalidInput):
    """The form has no file in it."""

    code = "required"
    default_field = "file"
    default_detail = "Send one file, as the field `file` of a multipart form."


class TakesFiles(Protocol):
    """A view that takes files."""

    def require_room_for(self, size: int, /) -> None:
        """Refuse a file of about `size` bytes that could not be kept, by raising a `DomainError`."""
        ...


class StreamingMultiPartParser(BaseMultiPartParser):
    """DRF's, with every file in a temporary file on disk. The view says what is too large (`TakesFiles`).

    Fields that are no files stay bounded by Django's `DATA_UPLOAD_MAX_MEMORY_SIZE`.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return fields and files. Raises whatever the view raises, or ParseError for what is no form."""
        context = dict(parser_context or {})
        request: Request = context["request"]
        view: TakesFiles = context["view"]
        view.require_room_for(max(0, int(request.META["CONTENT_LENGTH"]) - FORM_BYTES))
        django_request = request._request  # noqa: SLF001  DRF has no other name for it
        django_request.upload_handlers = [TemporaryFileUploadHandler(django_request)]
        return super().parse(stream, media_type, context)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file of a form, on disk until the request ends."""

    source: BinaryIO
    name: str
    size: int


def file_of(request: Request) -> ReceivedFile:
    """Return the one file of the form.

    Raises:
        LengthRequired: the body comes without its length, in chunks; nothing of it was read.
        NoFile: there is none, or more than one.
    """
    if not request.META.get("CONTENT_LENGTH") and "Transfer-Encoding" in request.headers:
        raise LengthRequired
    files = request.FILES.getlist("file")
    if len(files) != 1 or len(request.FILES) != 1:
        raise NoFile
    file: TemporaryUploadedFile = files[0]
    return ReceivedFile(source=cast("BinaryIO", file.file), name=str(file.name), size=int(file.size or 0))
