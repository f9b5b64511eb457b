"""Examples of the schema: cells, their changes in bulk, and the history."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ITEM_ID: Final = "0198c2f5-6a10-7c21-8a01-1b2c3d4e5f6b"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"
_GRADER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d45"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


OVERRIDE: Final = _request("A score", {"score": "8.50", "reason": "Question 3 was ambiguous."})
EXCUSE: Final = _request("Excused", {"is_excused": True, "reason": "Was in hospital."})
TAKE_BACK: Final = _request(
    "The assessment's score counts again", {"score": None, "reason": "Given to the wrong learner."}
)
CELL: Final = _response(
    "A cell",
    {
        "item": _ITEM_ID, "user": _USER_ID, "score": "8.50", "assessment_score": "7.00", "override": "8.50",
        "is_excused": False, "late_penalty_percentage": "0.00", "attempt": "0198c2f5-3c30-7e43-8c03-3d4e5f6a7b83",
        "feedback": "", "graded_by": _GRADER_ID, "graded_at": "2026-03-06T09:30:00Z", "version": 3,
    },
)  # fmt: skip
CHANGE: Final = _response(
    "An entry",
    {
        "id": "0198c2f5-7b20-7d32-8b02-2c3d4e5f6a7c", "item": _ITEM_ID, "item_title": "Python Quiz", "user": _USER_ID,
        "user_name": "Alice Williams", "kind": "overridden", "from_score": "7.00", "to_score": "8.50",
        "actor": _GRADER_ID, "reason": "Question 3 was ambiguous.", "occurred_at": "2026-03-06T09:30:00Z",
    },
)  # fmt: skip
BULK_EDIT: Final = _request(
    "A preview",
    {
        "dry_run": True, "reason": "Moderation.",
        "changes": [{"item": _ITEM_ID, "user": _USER_ID, "score": "8.50", "version": 2}],
    },
)  # fmt: skip
BULK_PREVIEW: Final = _response(
    "What would change",
    {
        "done": 1, "unchanged": 0, "failed": 0,
        "rows": [
            {
                "index": 0, "state": "done", "reference": {"item": _ITEM_ID, "user": _USER_ID}, "error": None,
                "data": {
                    "from": {"score": "7.00", "is_excused": False}, "to": {"score": "8.50", "is_excused": False},
                    "total_from": "70.00", "total_to": "77.50",
                },
            }
        ],
    },
)  # fmt: skip
