"""Examples of the schema: what a client sends and gets."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_FOLDER_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_FILE_ID: Final = "0198c2f4-9b01-7d20-9a51-6f0d2c8e1a11"
_ITEM_ID: Final = "0198c2f4-9c11-7e31-8c63-8b2f4eaf3c33"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def request(name: str, value: Any) -> OpenApiExample:
    """Return an example of what a client sends."""
    return OpenApiExample(name, value=value, request_only=True)


def response(name: str, value: Any) -> OpenApiExample:
    """Return an example of what a client gets; of a list, one row."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


FOLDER_VALUE: Final[dict[str, Any]] = {
    "id": _FOLDER_ID,
    "name": "Handouts",
    "parent": None,
    "visibility": "school",
    "created_at": "2026-02-10T08:30:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "owner": None,
    "created_by": _USER_ID,
    "file_count": 12,
    "size_bytes": 18_874_368,
}
FILE_VALUE: Final[dict[str, Any]] = {
    "id": _FILE_ID,
    "name": "decorators.pdf",
    "folder": _FOLDER_ID,
    "size_bytes": 1_048_576,
    "media_type": "application/pdf",
    "version_number": 1,
    "created_at": "2026-02-10T08:30:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "scan_state": "clean",
    "uploaded_by": _USER_ID,
    "variants": None,
}

FOLDER_CONTENT_VALUE: Final[dict[str, Any]] = {
    "kind": "file",
    "id": _FILE_ID,
    "name": "decorators.pdf",
    "size_bytes": 1_048_576,
    "file_count": None,
    "media_type": "application/pdf",
    "scan_state": "clean",
    "version_number": 1,
    "created_at": "2026-02-10T08:30:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
}
DOWNLOAD_VALUE: Final[dict[str, Any]] = {
    "url": "https://learn.example.org/storage/eyJtIjoiR0VUIn0.signature",
    "expires_at": "2026-03-02T09:05:00Z",
    "file_name": "decorators.pdf",
    "media_type": "application/pdf",
    "size_bytes": 1_048_576,
    "is_inline": False,
}

FOLDER: Final = response("folder", FOLDER_VALUE)
FILE: Final = response("file", FILE_VALUE)
FILE_SCANNED: Final = OpenApiExample(
    "waits for the scanner", value=FILE_VALUE | {"scan_state": "pending"}, response_only=True, status_codes=["202"]
)
FOLDER_CONTENT: Final = response("file in the folder", FOLDER_CONTENT_VALUE)
FILE_USE: Final = response(
    "content item", {"kind": "content_item", "id": _ITEM_ID, "title": "Understanding Decorators"}
)
DOWNLOAD: Final = response("signed address", DOWNLOAD_VALUE)
NEW_FOLDER: Final = request("new folder", {"name": "Week 1", "parent": _FOLDER_ID})
FOLDER_CHANGE: Final = request("show it to the school", {"visibility": "school"})
FILE_CHANGE: Final = request("rename and move", {"name": "decorators (final).pdf", "folder": _FOLDER_ID})
