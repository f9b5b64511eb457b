"""Examples of the schema: the bank, the lines of assessments, accommodations."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_ASSESSMENT_ID: Final = "0198c2f5-1a10-7c21-8a01-1b2c3d4e5f61"
_QUESTION_ID: Final = "0198c2f5-2b20-7d32-8b02-2c3d4e5f6a72"
_ITEM_ID: Final = "0198c2f5-4d40-7f54-8d04-4e5f6a7b8c94"
_CATEGORY_ID: Final = "0198c2f5-5e50-7a65-8e05-5f6a7b8c9da5"
_ACCOMMODATION_ID: Final = "0198c2f5-6f60-7b76-8f06-6a7b8c9daeb6"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


NEW_CATEGORY: Final = _request("A category", {"name": "Python basics"})
CATEGORY: Final = _response(
    "A category",
    {
        "id": _CATEGORY_ID, "name": "Python basics", "created_by_id": _USER_ID, "version": 1,
        "created_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
VERSION: Final = _response(
    "A version",
    {
        "id": _QUESTION_ID, "version_number": 1, "question_type": "multiple_choice",
        "question_text": "What is a decorator?", "points": "10.00",
        "type_specific_data": {"options": [{"id": "a", "text": "A function wrapper", "is_correct": True}]},
        "feedback": "", "worked_solution": "", "hints": [], "rubric": None, "shows_rubric": False, "tags": [],
        "difficulty": "medium", "is_shared": False, "is_archived": False, "category": None, "created_by": _USER_ID,
        "version": 3, "is_current": False, "is_used": True, "created_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
USAGE: Final = _response(
    "An assessment",
    {
        "assessment": _ASSESSMENT_ID, "title": "Python Quiz", "course": _COURSE_ID, "status": "published",
        "is_on_it": True, "paper_count": 24,
    },
)  # fmt: skip
NEW_ITEM: Final = _request("A question of the bank", {"question": _QUESTION_ID, "points": "5.00"})
NEW_SECTION: Final = _request(
    "Five of a tag", {"draw_count": 5, "draw_tags": ["loops"], "draw_difficulty": "easy", "points": "2.00"}
)
ITEM_CHANGE: Final = _request("Other points", {"points": "7.50"})
ITEM: Final = _response(
    "A line",
    {
        "id": _ITEM_ID, "assessment": _ASSESSMENT_ID, "order": 0, "question": _QUESTION_ID,
        "question_type": "multiple_choice", "question_text": "What is a decorator?", "question_points": "10.00",
        "points": "5.00", "draw_count": None, "draw_category": None, "draw_tags": [], "draw_difficulty": "",
        "version": 1,
    },
)  # fmt: skip
ITEM_ORDER: Final = _request("New order", {"ids": [_ITEM_ID]})
NEW_ACCOMMODATION: Final = _request(
    "A quarter more time", {"user": _USER_ID, "assessment": _ASSESSMENT_ID, "extra_time_percentage": 25}
)
ACCOMMODATION_CHANGE: Final = _request("One more attempt", {"extra_attempts": 1})
ACCOMMODATION: Final = _response(
    "A quarter more time",
    {
        "id": _ACCOMMODATION_ID, "user": _USER_ID, "group": None, "assessment": _ASSESSMENT_ID,
        "extra_time_percentage": 25, "extra_attempts": 0, "opens_at": None, "due_at": None, "closes_at": None,
        "reason": "", "created_by_id": _USER_ID, "version": 1, "created_at": "2026-03-01T09:00:00Z",
    },
)  # fmt: skip
COPY: Final = _request("Into another course", {"course": _COURSE_ID, "title": "Python Quiz, autumn"})
TAKEN_ASSESSMENT: Final = _response(
    "As a learner sees it",
    {
        "id": _ASSESSMENT_ID, "course": _COURSE_ID, "title": "Python Quiz", "description": "",
        "assessment_type": "quiz", "status": "published", "grading_mode": "hybrid", "opens_at": None, "due_at": None,
        "closes_at": None, "time_limit_minutes": 30, "max_attempts": 2, "cooldown_minutes": 0,
        "counted_attempt": "highest", "pass_mark_percentage": "70.00", "shuffle_questions": False,
        "shuffle_options": False, "show_score": "submitted", "show_answers": "never", "show_feedback": "submitted",
        "results_posted_at": None, "late_penalty_percentage": "0.00", "late_penalty_per": "day",
        "late_floor_percentage": "0.00", "late_grace_minutes": 0, "question_count": 5, "max_score": "50.00",
        "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
        "terms": {
            "opens_at": None, "due_at": None, "closes_at": None, "time_limit_seconds": 2250, "max_attempts": 2,
            "attempts_used": 1, "attempts_left": 1, "open_attempt": None,
        },
    },
)  # fmt: skip
