"""Examples of the grid and of a learner's own grades."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ITEM: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f71"
_CATEGORY: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f72"
_ASSESSMENT: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f73"
_TOTAL: Final[dict[str, Any]] = {
    "points": "17.00", "max_points": "20.00", "percentage": "85.00", "label": "B", "is_passed": True,
}  # fmt: skip
_COLUMN: Final[dict[str, Any]] = {
    "id": _ITEM, "title": "Decorators", "category": _CATEGORY, "assessment": _ASSESSMENT, "max_points": "20.00",
    "is_extra_credit": False, "is_counted": True, "due_at": "2026-03-06T17:00:00Z",
}  # fmt: skip


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


GRID: Final = _response(
    "A window",
    {
        "count": 5000, "next": "http://localhost:8000/api/courses/python/gradebook/grid/?page=2", "previous": None,
        "item_count": 100, "item_page": 1, "item_page_size": 50,
        "item_next": "http://localhost:8000/api/courses/python/gradebook/grid/?item_page=2", "item_previous": None,
        "items": [{**_COLUMN, "is_hidden": False, "version": 1}],
        "results": [
            {
                "user": {
                    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f74", "name": "Ada Lovelace", "email": "ada@acme.example",
                },
                "enrollment_status": "active", "final": None,
                "cells": [
                    {
                        "score": "17.00", "assessment_score": "16.00", "override": "17.00", "is_excused": False,
                        "is_dropped": False, "is_missing": False, "late_penalty_percentage": "0.00",
                        "graded_at": "2026-03-07T09:30:00Z", "has_feedback": True, "version": 2,
                    }
                ],
                "total": _TOTAL,
            }
        ],
    },
)  # fmt: skip

OWN: Final = _response(
    "Your grades",
    {
        "course": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f75",
        "items": [
            {
                **_COLUMN,
                "grade": {
                    "score": "17.00", "is_excused": False, "is_dropped": False, "is_missing": False,
                    "late_penalty_percentage": "0.00", "graded_at": "2026-03-07T09:30:00Z", "feedback": "Well done.",
                },
            }
        ],
        "categories": [
            {
                "id": _CATEGORY, "name": "Quizzes", "weight_percentage": "40.00", "drop_lowest": 1,
                "is_extra_credit": False, "percentage": "85.00",
            }
        ],
        "total": _TOTAL,
        "final": None,
    },
)  # fmt: skip
