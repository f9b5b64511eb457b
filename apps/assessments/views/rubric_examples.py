"""Examples of the schema: rubrics."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_RUBRIC_ID: Final = "0198c2f5-7a70-7c87-8a07-7b8c9daebfc7"
_QUESTION_ID: Final = "0198c2f5-2b20-7d32-8b02-2c3d4e5f6a72"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"
_LEVELS: Final = [
    {"id": "missing", "title": "Missing", "description": "", "points": "0.00"},
    {"id": "clear", "title": "Clear", "description": "One sentence says what is claimed.", "points": "5.00"},
]
_CRITERIA: Final = [
    {"id": "thesis", "title": "Thesis", "description": "What is claimed.", "note": "", "levels": _LEVELS},
    {"id": "style", "title": "Style", "description": "", "note": "Ignore typos.", "max_points": "3.00"},
]
_SETTINGS: Final = {"title": "Short essays", "description": "For the first year.", "is_shared": True}


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


NEW_RUBRIC: Final = _request("Levels, and a range", {**_SETTINGS, "criteria": _CRITERIA})
RUBRIC_CHANGE: Final = _request("Out of use", {"is_archived": True})
RUBRIC: Final = _response(
    "A rubric",
    {
        "id": _RUBRIC_ID, **_SETTINGS, "criteria": _CRITERIA, "max_points": "8.00", "version_number": 1,
        "is_archived": False, "created_by_id": _USER_ID, "version": 1, "created_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
RUBRIC_VERSION: Final = _response(
    "A version",
    {
        "version_number": 1, "criteria": _CRITERIA, "max_points": "8.00", "is_current": True,
        "created_by_id": _USER_ID, "created_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
RUBRIC_USAGE: Final = _response(
    "A question",
    {
        "question": _QUESTION_ID, "question_type": "essay", "question_text": "Why did the bridge fall?",
        "is_current": True, "assessment_count": 2,
    },
)  # fmt: skip
