"""Examples of the schema: what a client sends and gets."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ID: Final = "0198c2f4-a011-7b61-8f96-be5270d26f66"
_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_MODULE_ID: Final = "0198c2f4-9b01-7d20-9a51-6f0d2c8e1a11"
_ITEM_ID: Final = "0198c2f4-9c11-7e31-8c63-8b2f4eaf3c33"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any, *statuses: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=list(statuses or ("200", "201")))


def refusal(status: str, code: str, detail: str, **extra: Any) -> OpenApiExample:
    """Return the example of one way to be refused."""
    body = {
        "type": "about:blank", "title": code.replace("_", " ").capitalize(), "status": int(status), "detail": detail,
        "code": code, "errors": [], "request_id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", **extra,
    }  # fmt: skip
    return OpenApiExample(code, value=body, response_only=True, status_codes=[status])


_COURSE: Final = {
    "id": _COURSE_ID,
    "title": "Advanced Python",
    "slug": "advanced-python",
    "thumbnail_url": "https://media.example.org/advanced-python.png",
}
_ROW: Final[dict[str, Any]] = {
    "id": _ID,
    "course": _COURSE,
    "user": {"id": _USER_ID, "name": "Alice Williams", "email": "alice.williams@acme.local"},
    "status": "active",
    "source": "self",
    "progress_percentage": 41.67,
    "enrolled_at": "2026-03-03T08:15:00Z",
    "last_activity_at": "2026-03-09T17:02:11Z",
    "completed_at": None,
    "expires_at": None,
    "version": 1,
}
_OWN: Final = {key: value for key, value in _ROW.items() if key != "user"} | {
    "resume": {
        "content_item": _ITEM_ID,
        "module": _MODULE_ID,
        "title": "Understanding Decorators",
        "content_type": "video",
        "position_seconds": 312,
    }
}
_ITEM: Final[dict[str, Any]] = {
    "content_item": _ITEM_ID,
    "status": "completed",
    "percentage": 100,
    "position_seconds": 640,
    "time_spent_seconds": 715,
    "attempts": 1,
    "sequence": 17,
    "completed_at": "2026-03-09T17:02:11Z",
    "updated_at": "2026-03-09T17:02:11Z",
}
_STANDING: Final = {"id": _ID, "status": "active", "progress_percentage": 45.83, "completed_at": None}

ENROLLMENT_ROW: Final = _response("enrollment", _ROW, "200")
OWN_ROW: Final = _response("own enrollment", _OWN, "200")
ENROLLMENT: Final = _response("enrollment", _ROW | {"history": f"/api/enrollments/{_ID}/history/"})
SELF_ENROLLMENT: Final = _request("enrol yourself", {"course": _COURSE_ID})
STAFF_ENROLLMENT: Final = _request(
    "enrol somebody", {"course": _COURSE_ID, "user": _USER_ID, "expires_at": "2027-01-31T23:59:59Z"}
)
EXPIRY: Final = _request("extend the access", {"expires_at": "2027-01-31T23:59:59Z"})
REASON: Final = _request("with a reason", {"reason": "Asked for by the learner."})
BULK: Final = _request("enrol two people", {"course": _COURSE_ID, "users": [_USER_ID, _ID]})
BULK_RESULT: Final = _response(
    "one row each",
    {
        "results": [
            {"user": _USER_ID, "result": "created", "enrollment": _ID},
            {"user": _ID, "result": "user_not_found", "enrollment": None},
        ]
    },
)
TRANSITION: Final = _response(
    "an approval",
    {
        "id": _MODULE_ID,
        "from_status": "pending",
        "to_status": "active",
        "actor_id": _USER_ID,
        "reason": "",
        "occurred_at": "2026-03-03T08:20:00Z",
    },
    "200",
)
STATS: Final = _response(
    "stats",
    {
        "total": 40, "pending": 1, "active": 21, "completed": 13, "dropped": 3, "expired": 1, "suspended": 1,
        "active_last_30_days": 18, "completion_rate": 33.33, "average_progress": 58.4,
    },
)  # fmt: skip
REPORT: Final = _request("completed", {"content_item": _ITEM_ID, "status": "completed"})
POSITION: Final = _request(
    "half of a video",
    {"content_item": _ITEM_ID, "status": "in_progress", "percentage": 50, "position_seconds": 320, "sequence": 9},
)
REPORTED: Final = _response("completed", _ITEM | {"enrollment": _STANDING})
PROGRESS_ROW: Final = _response("progress", _ITEM, "200")
BULK_REPORT: Final = _request("gathered offline", {"reports": [{"content_item": _ITEM_ID, "status": "completed"}]})
BULK_REPORT_RESULT: Final = _response(
    "one row each", {"results": [{"content_item": _ITEM_ID, "result": "recorded", "progress": _ITEM}]}
)
RESET: Final = _request("start over", {"content_item": _ITEM_ID})
STANDING: Final = _response("standing", _STANDING)
ALREADY: Final = refusal(
    "409",
    "already_enrolled",
    "The learner is enrolled in this course already; go on with that enrolment.",
    enrollment=_ID,
    enrollment_status="active",
)
UNPAID: Final = refusal(
    "402",
    "payment_required",
    "This course has a price and online payment is not available. Ask the school to enrol you.",
    price={"amount": 4900, "currency": "USD"},
)
NO_SUCH_STEP: Final = refusal(
    "409",
    "transition_not_allowed",
    "An enrolment that is completed cannot become suspended by “suspend”. This status is final.",
    **{"from": "completed", "to": "suspended", "allowed": []},
)
