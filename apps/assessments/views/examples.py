"""Examples of the schema: what a client sends and gets."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from apps.assessments.question_types import QUESTION_TYPES

_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_ASSESSMENT_ID: Final = "0198c2f5-1a10-7c21-8a01-1b2c3d4e5f61"
_QUESTION_ID: Final = "0198c2f5-2b20-7d32-8b02-2c3d4e5f6a72"
_ATTEMPT_ID: Final = "0198c2f5-3c30-7e43-8c03-3d4e5f6a7b83"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


_NEW_ASSESSMENT: Final = {
    "course": _COURSE_ID, "title": "Python Quiz", "assessment_type": "quiz", "pass_mark_percentage": 70,
}  # fmt: skip
NEW_ASSESSMENT: Final = _request("A quiz", _NEW_ASSESSMENT)
ASSESSMENT_CHANGE: Final = _request("Thirty minutes, two attempts", {"time_limit_minutes": 30, "max_attempts": 2})
ASSESSMENT: Final = _response(
    "An assessment",
    {
        "id": _ASSESSMENT_ID, "course": _COURSE_ID, "title": "Python Quiz", "description": "",
        "assessment_type": "quiz", "status": "published", "grading_mode": "hybrid", "opens_at": None, "due_at": None,
        "closes_at": None, "time_limit_minutes": 30, "max_attempts": 2, "cooldown_minutes": 0,
        "counted_attempt": "highest", "pass_mark_percentage": "70.00", "shuffle_questions": False,
        "shuffle_options": False, "show_score": "submitted", "show_answers": "never", "show_feedback": "submitted",
        "results_posted_at": None, "late_penalty_percentage": "0.00", "late_penalty_per": "day",
        "late_floor_percentage": "0.00", "late_grace_minutes": 0, "question_count": 5, "max_score": "50.00",
        "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
    },
)  # fmt: skip
_CHOICE: Final = QUESTION_TYPES["multiple_choice"]
_ASKED: Final = {
    "question_text": _CHOICE.example_text, "question_type": "multiple_choice", "points": 10,
    "type_specific_data": dict(_CHOICE.example),
}  # fmt: skip
NEW_QUESTIONS: Final = [
    OpenApiExample(
        kind.name.replace("_", " ").capitalize(),
        description=kind.description,
        value={
            "question_text": kind.example_text, "question_type": kind.name, "points": 10,
            "type_specific_data": dict(kind.example),
        },
        request_only=True,
    )
    for kind in QUESTION_TYPES.values()
]  # fmt: skip
QUESTION_CHANGE: Final = _request("Other words", {"question_text": "What does a decorator return?"})
QUESTION: Final = _response(
    "A question",
    {
        "id": _QUESTION_ID, "version_number": 1, **_ASKED, "points": "10.00", "feedback": "", "worked_solution": "",
        "hints": [], "tags": [], "difficulty": "medium", "is_shared": False, "is_archived": False, "category": None,
        "created_by": _USER_ID, "version": 1,
    },
)  # fmt: skip
START: Final = _request("With an access code", {"access_code": "blue-door"})
SAVE: Final = _request("Autosave", {"answers": {_QUESTION_ID: dict(_CHOICE.answer_example)}, "sequence": 12})
SAVES: Final = [
    SAVE,
    *(
        _request(f"Answer: {kind.name.replace('_', ' ')}", {"answers": {_QUESTION_ID: dict(kind.answer_example)}})
        for kind in QUESTION_TYPES.values()
    ),
]
SUBMIT: Final = _request("Hand in", {"answers": {_QUESTION_ID: dict(_CHOICE.answer_example)}, "status": "submitted"})
_ROW: Final = {
    "id": _ATTEMPT_ID, "assessment": _ASSESSMENT_ID, "user": _USER_ID, "number": 1, "status": "graded",
    "started_at": "2026-03-05T10:00:00Z", "deadline_at": "2026-03-05T10:30:00Z",
    "submitted_at": "2026-03-05T10:21:09Z", "submitted_by": "learner", "max_score": "10.00", "score": "10.00",
    "percentage": "100.00", "is_passed": True,
}  # fmt: skip
ATTEMPT_ROW: Final = _response("An attempt", _ROW)
ATTEMPT: Final = _response(
    "An attempt with its paper",
    _ROW | {
        "status": "in_progress", "submitted_at": None, "submitted_by": "", "score": None, "percentage": None,
        "is_passed": None, "seconds_left": 1260, "due_at": None, "sequence": 12, "late_penalty_percentage": None,
        "feedback": "",
        "questions": [
            {
                "question": _QUESTION_ID, "question_type": "multiple_choice", "question_text": "What is a decorator?",
                "points": "10.00",
                "type_specific_data": {
                    "options": [{"id": "a", "text": "A function wrapper"}, {"id": "b", "text": "A class"}],
                    "multiple": False,
                },
            }
        ],
        "answers": {_QUESTION_ID: {"selected_option_ids": ["a"]}},
        "receipt": {
            "sequence": 12, "received_at": "2026-03-05T10:09:00Z", "saved": [_QUESTION_ID], "superseded": [],
            "entry_index": 12, "entry_hash": _HASH,
        },
    },
)  # fmt: skip
SAVED: Final = _response(
    "A receipt",
    {
        "id": _ATTEMPT_ID, "status": "in_progress", "deadline_at": "2026-03-05T10:30:00Z",
        "receipt": {
            "sequence": 12, "received_at": "2026-03-05T10:09:00Z", "saved": [_QUESTION_ID], "superseded": [],
            "entry_index": 12, "entry_hash": _HASH,
        },
    },
)  # fmt: skip
ENTRY: Final = _response(
    "An entry",
    {
        "index": 12, "kind": "saved", "content": '{"answers":{},"sequence":12}', "occurred_at": "2026-03-05T10:09:00Z",
        "previous_hash": _HASH, "hash": _HASH,
    },
)  # fmt: skip
VERIFIED: Final = _response(
    "Intact", {"is_intact": True, "length": 14, "head": _HASH, "broken_at": None, "problem": None}
)
HINT_WANTED: Final = _request("For one question", {"question": _QUESTION_ID})
_SHOWN: Final = {"question": _QUESTION_ID, "hints": ["It takes a function."], "left": 1}
QUESTION_HINTS: Final = _response("The first of two", _SHOWN)
HINTS: Final = _response("One of two was shown", {"attempt": _ATTEMPT_ID, "questions": [_SHOWN]})
