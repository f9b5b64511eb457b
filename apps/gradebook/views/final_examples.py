"""Examples of the schema: final grades and exports."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


FINAL_GRADE: Final = _response(
    "A final grade that stands",
    {
        "user": _USER_ID, "user_name": "Alice Williams", "email": "alice@school.example",
        "enrollment_status": "completed", "points": "177.00", "max_points": "200.00", "percentage": "88.50",
        "override_percentage": "90.00", "final_percentage": "90.00", "label": "A", "is_passed": True,
        "frozen_at": "2026-06-30T12:00:00Z", "version": 3,
    },
)  # fmt: skip
GIVE: Final = _request("Given by the board", {"override_percentage": "90.00", "reason": "Decision of the board."})
TAKE_BACK: Final = _request("The computed one", {"override_percentage": None, "reason": "Entered by mistake."})
UNFREEZE: Final = _request("An appeal", {"reason": "An appeal was granted."})
UNFROZEN: Final = _response("Open again", {"course": _COURSE_ID, "frozen_at": None, "version": 7})
EXPORT: Final = _request("A spreadsheet", {"format": "xlsx"})
EXPORT_LEFT: Final = _request("Those who have left, as CSV", {"format": "csv", "status": "dropped"})
