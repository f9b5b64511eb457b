"""What can be wrong with an upload, each with its code."""

from collections.abc import Sequence
from typing import Any, Final

from apps.core.errors import Conflict, DomainError
from apps.files.choices import UploadState
from apps.files.models import Upload

_MOST_NAMED_PARTS: Final = 100


class FileTooLarge(DomainError):
    """The file is larger than the school takes."""

    status = 413
    code = "file_too_large"
    default_field = "file"

    def __init__(self, limit: int, *, field: str | None = None) -> None:
        super().__init__(
            f"One file may have at most {limit} bytes here. Make it smaller, or split it.",
            field=field,
            extra={"limit_bytes": limit},
        )


class ChecksumMismatch(Conflict):
    """The bytes that arrived are not those that were announced."""

    code = "checksum_mismatch"
    default_detail = (
        "The bytes that arrived have another SHA-256 than was announced. They were discarded; start a new upload."
    )


class SizeMismatch(Conflict):
    """More or fewer bytes arrived than were reserved."""

    code = "size_mismatch"

    def __init__(self, *, reserved: int, found: int | None = None) -> None:
        seen = "more" if found is None else str(found)
        super().__init__(
            f"{reserved} bytes were reserved, and {seen} arrived. They were discarded; start a new upload "
            "with the size that the file has.",
            extra={"reserved_bytes": reserved, "found_bytes": found},
        )


class UploadIncomplete(Conflict):
    """Something has not arrived yet; the upload stays open."""

    code = "upload_incomplete"

    def __init__(self, missing: Sequence[int]) -> None:
        super().__init__(
            "Not all bytes have arrived yet. GET the upload for the addresses of what is missing, send it, "
            "and complete again.",
            extra={"missing_parts": list(missing[:_MOST_NAMED_PARTS])},
        )


class TooManyUploads(Conflict):
    """One person has more uploads under way than anybody needs."""

    code = "too_many_uploads"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have {limit} uploads under way already. Complete or abort some of them, then start this one.",
            extra={"limit": limit},
        )


class UploadExpired(Conflict):
    """The reservation is over."""

    code = "upload_expired"
    default_detail = "The reservation has expired and its bytes were discarded. Start a new upload."


class UploadCompleted(Conflict):
    """The upload has become a file already; `file` says which."""

    code = "upload_completed"
    default_detail = "This upload is completed already; `file` is what became of it."


class UploadAborted(Conflict):
    """The upload was given up."""

    code = "upload_aborted"
    default_detail = "This upload was aborted and its bytes were discarded. Start a new one."


class UploadFailed(Conflict):
    """The bytes were refused; `failure_code` says why."""

    code = "upload_failed"


class UploadProcessing(Conflict):
    """The bytes are being checked."""

    code = "upload_processing"
    default_detail = "The upload is being checked. GET it in a moment to see what became of it."


class DestinationGone(Conflict):
    """The folder or file that the upload was for has been deleted meanwhile."""

    code = "destination_gone"
    default_detail = "The folder or file that this upload was for was deleted meanwhile. Choose another one."


_BY_STATE: Final[dict[str, type[Conflict]]] = {
    UploadState.EXPIRED: UploadExpired,
    UploadState.ABORTED: UploadAborted,
    UploadState.PROCESSING: UploadProcessing,
}


def refusal_of(upload: Upload) -> Conflict:
    """Return why an upload that is no longer reserved takes no further step."""
    if upload.state == UploadState.COMPLETED:
        return UploadCompleted(extra={"file": str(upload.file_id)})
    if upload.state == UploadState.FAILED:
        extra: dict[str, Any] = {"failure_code": upload.failure_code}
        return UploadFailed(f"This upload failed, start a new one. The reason: {upload.failure_detail}", extra=extra)
    return _BY_STATE[upload.state]()
