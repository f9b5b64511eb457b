"""Examples of the schema: settings, categories, items, scales."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_ASSESSMENT_ID: Final = "0198c2f5-1a10-7c21-8a01-1b2c3d4e5f61"
_CATEGORY_ID: Final = "0198c2f6-1a11-7c31-8a11-1b2c3d4e5f71"
_ITEM_ID: Final = "0198c2f6-2b21-7d42-8b12-2c3d4e5f6a82"
_SCALE_ID: Final = "0198c2f6-3c31-7e53-8c13-3d4e5f6a7b93"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


GRADEBOOK_CHANGE: Final = _request(
    "Weighted, with letters", {"calculation": "weighted", "missing_work": "zero_after_due", "scale": _SCALE_ID}
)
GRADEBOOK: Final = _response(
    "A weighted gradebook",
    {
        "course": _COURSE_ID, "scale": _SCALE_ID, "calculation": "weighted", "missing_work": "zero_after_due",
        "is_total_shown": True, "frozen_at": None, "weights_sum": "110.00",
        "warnings": [
            {"code": "weights_above_100", "detail": "The weights come to 110.00 per cent, and are scaled to 100."}
        ],
        "version": 2,
    },
)  # fmt: skip

NEW_CATEGORY: Final = _request("A category", {"name": "Quizzes", "weight_percentage": "60.00", "drop_lowest": 1})
CATEGORY_CHANGE: Final = _request("Another weight", {"weight_percentage": "40.00"})
_CATEGORY: Final = {
    "id": _CATEGORY_ID, "course": _COURSE_ID, "name": "Quizzes", "weight_percentage": "60.00", "drop_lowest": 1,
    "is_extra_credit": False, "order": 0, "version": 1,
}  # fmt: skip
CATEGORY_ROW: Final = _response("A category", _CATEGORY)
CATEGORY: Final = _response("A category", {**_CATEGORY, "warnings": []})

NEW_ITEM: Final = _request("An item", {"title": "Participation", "max_points": "20.00", "category": _CATEGORY_ID})
ITEM_CHANGE: Final = _request("What the gradebook says", {"category": _CATEGORY_ID, "is_extra_credit": True})
ITEM_ORDER: Final = _request("An order", {"ids": [_ITEM_ID, _ASSESSMENT_ID]})
_ITEM: Final = {
    "id": _ASSESSMENT_ID, "course": _COURSE_ID, "category": _CATEGORY_ID, "assessment": _ASSESSMENT_ID,
    "title": "Python Quiz", "max_points": "50.00", "is_counted": True, "is_extra_credit": False, "is_hidden": False,
    "due_at": "2026-04-01T18:00:00Z", "order": 0, "version": 3, "created_at": "2026-03-01T09:00:00Z",
}  # fmt: skip
ITEM: Final = _response("An assessment's item", _ITEM)
MANUAL_ITEM: Final = _response(
    "An item that people grade",
    {
        **_ITEM, "id": _ITEM_ID, "assessment": None, "title": "Participation", "max_points": "20.00", "due_at": None,
        "order": 1, "version": 1,
    },
)  # fmt: skip

_LETTERS: Final = [
    {"label": "A", "from_percentage": "90.00", "is_passing": True},
    {"label": "B", "from_percentage": "80.00", "is_passing": True},
    {"label": "C", "from_percentage": "70.00", "is_passing": True},
    {"label": "D", "from_percentage": "60.00", "is_passing": True},
    {"label": "F", "from_percentage": "0.00", "is_passing": False},
]
_PASS_FAIL: Final = [
    {"label": "Pass", "from_percentage": "60.00", "is_passing": True},
    {"label": "Fail", "from_percentage": "0.00", "is_passing": False},
]
NEW_LETTERS: Final = _request("Letters A to F", {"name": "Letters A to F", "kind": "letter", "bands": _LETTERS})
NEW_PASS_FAIL: Final = _request("Pass or fail", {"name": "Pass or fail", "kind": "pass_fail", "bands": _PASS_FAIL})
SCALE_CHANGE: Final = _request("Another name", {"name": "Letters"})
SCALE: Final = _response(
    "Letters A to F",
    {
        "id": _SCALE_ID, "name": "Letters A to F", "kind": "letter", "bands": _LETTERS, "created_by_id": _USER_ID,
        "version": 1, "created_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
