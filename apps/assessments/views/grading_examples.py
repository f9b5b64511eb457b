"""Examples of the schema: grading, regrading and statistics."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from apps.core.views.jobs import QUEUED, example

_ASSESSMENT_ID: Final = "0198c2f5-1a10-7c21-8a01-1b2c3d4e5f61"
_QUESTION_ID: Final = "0198c2f5-2b20-7d32-8b02-2c3d4e5f6a72"
_ATTEMPT_ID: Final = "0198c2f5-3c30-7e43-8c03-3d4e5f6a7b83"
_GRADER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


_GRADE: Final = {"question": _QUESTION_ID, "points": "7.50", "feedback": "Name a second cause.", "reason": ""}
GRADE: Final = _request("One answer", _GRADE)
_JUDGED: Final = {"thesis": {"level": "clear", "comment": "Say it earlier."}, "style": {"points": "2.50"}}
RUBRIC_GRADE: Final = _request("By the rubric", {"question": _QUESTION_ID, "rubric": _JUDGED})
GRADES: Final = OpenApiExample("Several answers", value=[_GRADE], request_only=True)
_ATTEMPT: Final = {
    "attempt": _ATTEMPT_ID, "version": 3, "status": "graded", "raw_score": "7.50", "score": "6.75",
    "max_score": "10.00", "percentage": "67.50", "is_passed": True, "late_penalty_percentage": "10.00",
    "feedback": "",
}  # fmt: skip
GRADED: Final = _response(
    "Graded",
    _ATTEMPT | {"results": [{"question": _QUESTION_ID, "result": "graded", "points": "7.50", "detail": ""}]},
)
FEEDBACK: Final = _request("A word on all of it", {"feedback": "A clear text; mind the sources."})
ATTEMPT: Final = _response("The attempt", _ATTEMPT | {"feedback": "A clear text; mind the sources."})
CLAIM: Final = _response(
    "Claimed",
    {
        "attempt": _ATTEMPT_ID, "version": 2, "claimed_by": _GRADER_ID, "claimed_until": "2026-03-05T10:51:09Z",
    },
)  # fmt: skip
OPEN_ANSWER: Final = _response(
    "An answer, anonymous",
    {
        "attempt": _ATTEMPT_ID, "version": 2, "user": None, "learner": "Learner K5Q7XJ2MZA4BTC6D",
        "question": _QUESTION_ID, "question_type": "essay", "question_text": "Why did the bridge fall?",
        "points": "10.00", "answer": {"text": "It swung with the wind."}, "files": [], "rubric": None,
        "submitted_at": None, "claimed_by": None, "claimed_until": None,
    },
)  # fmt: skip
CHANGE: Final = _response(
    "A change",
    {
        "question": _QUESTION_ID, "from_points": "5.00", "to_points": "7.50", "actor": _GRADER_ID,
        "reason": "The second cause stands on page two.",
        "rubric": {"style": {"level": None, "points": "2.50", "comment": ""}}, "occurred_at": "2026-03-06T08:12:44Z",
    },
)  # fmt: skip
POSTED: Final = _response(
    "Posted", {"assessment": _ASSESSMENT_ID, "results_posted_at": "2026-03-09T07:00:00Z", "version": 4}
)
HIDDEN: Final = _response("Hidden", {"assessment": _ASSESSMENT_ID, "results_posted_at": None, "version": 5})
REGRADE: Final = _request("A preview", {"dry_run": True})
REGRADE_FOR_GOOD: Final = _request("For good", {"reason": "Option b is right as well."})
REGRADE_AS_JOB: Final = _request("A preview in the background", {"dry_run": True, "background": True})
_STANDING: Final = {
    "status": "graded", "raw_score": "6.00", "score": "6.00", "percentage": "60.00", "is_passed": False,
    "late_penalty_percentage": "0.00",
}  # fmt: skip
REGRADED: Final = _response(
    "One of thirty changes",
    {
        "dry_run": True, "attempts": 30, "changed": 1,
        "rules": {
            "grading_mode": "hybrid", "pass_mark_percentage": "70.00", "late_penalty_percentage": "0.00",
            "late_penalty_per": "day", "late_floor_percentage": "0.00", "late_grace_minutes": 0,
        },
        "changes": [
            {
                "attempt": _ATTEMPT_ID, "user": _GRADER_ID, "before": _STANDING,
                "after": _STANDING | {
                    "raw_score": "8.00", "score": "8.00", "percentage": "80.00", "is_passed": True,
                },
                "answers": [{"question": _QUESTION_ID, "from_points": "0.00", "to_points": "2.00"}],
                "claimed_by": None,
            }
        ],
    },
)  # fmt: skip
REGRADING: Final = example(
    "A job",
    {
        **QUEUED, "kind": "assessments.regrade", "kind_title": "Regrade of an assessment", "subject": _ASSESSMENT_ID,
        "progress": {"done": 0, "total": 1200, "percentage": 0},
    },
    status_code="202",
)  # fmt: skip
_KEY: Final = {
    "options": [
        {"id": "a", "text": "A function wrapper", "is_correct": True},
        {"id": "b", "text": "A class", "is_correct": True},
    ],
    "multiple": False,
}
CORRECTION: Final = _request(
    "Another option is right as well",
    {"type_specific_data": _KEY, "reason": "A class can be a decorator."},
)
CORRECTED: Final = _response(
    "An entry",
    {
        "id": "0198c2f5-4d40-7f54-8d04-4e5f6a7b8c94", "version_number": 1,
        "from_data": {"options": [{"id": "a", "text": "A function wrapper", "is_correct": True}], "multiple": False},
        "to_data": _KEY, "actor": _GRADER_ID, "reason": "A class can be a decorator.",
        "occurred_at": "2026-03-06T09:30:00Z",
    },
)  # fmt: skip
STATISTICS: Final = _response(
    "Statistics",
    {
        "n": 30, "mean": 6.4, "standard_deviation": 2.1, "median": 6.5, "minimum": 1.0, "maximum": 10.0,
        "cronbach_alpha": 0.78, "standard_error_of_measurement": 0.985, "median_seconds": 1140.0,
        "questions": [
            {
                "question": _QUESTION_ID, "version_number": 1, "question_type": "multiple_choice",
                "question_text": "What is a decorator?", "asked": 30, "answered": 29, "difficulty": 0.4,
                "discrimination": -0.12, "median_seconds": 41.5,
                "responses": [
                    {"response": "b", "count": 17, "share": 0.567, "is_right": False, "discrimination": 0.31},
                    {"response": "a", "count": 12, "share": 0.4, "is_right": True, "discrimination": -0.12},
                ],
                "flags": ["wrong_option_beats_key", "negative_discrimination"],
            }
        ],
    },
)  # fmt: skip
