"""Examples of the schema: uploads, versions, usage."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from apps.files.views.examples import request, response

_UPLOAD_ID: Final = "0198c2f5-1a3e-7c11-8f0a-2b6d1c4e5f60"
_FOLDER_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_FILE_ID: Final = "0198c2f4-9b01-7d20-9a51-6f0d2c8e1a11"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"
_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

NEW_UPLOAD: Final = request(
    "upload",
    {
        "name": "decorators.pdf",
        "size_bytes": 1_048_576,
        "sha256": _SHA256,
        "media_type": "application/pdf",
        "folder": _FOLDER_ID,
    },
)
_UPLOAD: Final[dict[str, Any]] = {
    "id": _UPLOAD_ID,
    "state": "reserved",
    "name": "decorators.pdf",
    "size_bytes": 1_048_576,
    "media_type": "application/pdf",
    "sha256": _SHA256,
    "folder": _FOLDER_ID,
    "replaces": None,
    "file": None,
    "failure_code": "",
    "failure_detail": "",
    "part_size_bytes": None,
    "expires_at": "2026-03-03T09:00:00Z",
    "created_at": "2026-03-02T09:00:00Z",
    "parts": [
        {
            "number": 1,
            "offset": 0,
            "size_bytes": 1_048_576,
            "has_arrived": False,
            "method": "PUT",
            "url": "https://files.example.com/storage/eyJrIjoi…",
            "headers": {"Content-Type": "application/pdf", "If-None-Match": "*"},
            "expires_at": "2026-03-02T10:00:00Z",
        }
    ],
}
UPLOAD: Final = response("upload", _UPLOAD)
COMPLETED: Final = OpenApiExample(
    "completed",
    value={**_UPLOAD, "state": "completed", "file": _FILE_ID, "parts": []},
    response_only=True,
    status_codes=["200"],
)
PROCESSING: Final = OpenApiExample(
    "processing", value={**_UPLOAD, "state": "processing", "parts": []}, response_only=True, status_codes=["202"]
)
VERSION: Final = response(
    "version",
    {
        "number": 2,
        "name": "decorators-v2.pdf",
        "size_bytes": 1_050_112,
        "media_type": "application/pdf",
        "is_current": True,
        "scan_state": "clean",
        "uploaded_by": _USER_ID,
        "created_at": "2026-03-02T09:00:00Z",
    },
)
_TAKEN: Final[dict[str, int]] = {"used_bytes": 734_003_200, "reserved_bytes": 1_048_576}
USAGE: Final = response(
    "usage",
    {
        "own": {**_TAKEN, "limit_bytes": 5_242_880_000, "free_bytes": 4_507_828_224},
        "school": {
            "used_bytes": 8_589_934_592,
            "reserved_bytes": 1_048_576,
            "limit_bytes": 104_857_600_000,
            "free_bytes": 96_266_616_832,
        },
        "largest_file_bytes": 5_242_880_000,
    },
)
PERSON_USAGE: Final = response(
    "person",
    {
        "user": _USER_ID,
        "email": "amira@example.com",
        "first_name": "Amira",
        "last_name": "Haddad",
        **_TAKEN,
    },
)
