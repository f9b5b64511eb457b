"""Examples of the schema: what a client sends and gets."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from apps.courses.content_types import CONTENT_TYPES, TEXT_CONTENT

_COURSE_ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
_MODULE_ID: Final = "0198c2f4-9b01-7d20-9a51-6f0d2c8e1a11"
_SECOND_ID: Final = "0198c2f4-9b02-7d21-8b52-7a1e3d9f2b22"
_ITEM_ID: Final = "0198c2f4-9c11-7e31-8c63-8b2f4eaf3c33"
_FILE_ID: Final = "0198c2f4-9c22-7e32-8c64-8b2f4eaf3c44"
_USER_ID: Final = "0198c2f4-9d21-7f41-8d74-9c305fb04d44"
_LINK_ID: Final = "0198c2f4-9e31-7a51-8e85-ad416fc15e55"


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


def _page(name: str, row: Any) -> OpenApiExample:
    # Lists are shown by the schema's own paging, which wraps the example of one row.
    return OpenApiExample(name, value=row, response_only=True, status_codes=["200"])


_ROW: Final[dict[str, Any]] = {
    "id": _COURSE_ID,
    "title": "Advanced Python",
    "slug": "advanced-python",
    "description": "Deep dive into Python",
    "category": "programming",
    "tags": ["python", "metaprogramming"],
    "difficulty_level": "advanced",
    "status": "published",
    "language": "en",
    "duration_minutes": 540,
    "price_amount": 0,
    "price_currency": "USD",
    "seat_limit": 30,
    "seats_taken": 12,
    "self_enrollment": True,
    "thumbnail_url": "https://media.example.org/advanced-python.png",
    "module_count": 6,
    "item_count": 24,
    "published_at": "2026-03-02T09:00:00Z",
    "created_at": "2026-02-10T08:30:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "instructors": [{"id": _USER_ID, "name": "John Smith"}],
}
_COURSE: Final = _ROW | {
    "thumbnail_file": None,
    "learning_objectives": ["Write decorators", "Explain the descriptor protocol"],
    "access_days": None,
    "version": 4,
}
_ITEM: Final[dict[str, Any]] = {
    "id": _ITEM_ID,
    "module": _MODULE_ID,
    "parent": None,
    "title": "Understanding Decorators",
    "content_type": "text",
    "order": 1,
    "is_required": True,
    "is_free_preview": False,
    "is_published": True,
    "duration_minutes": 15,
    "version": 1,
    "is_locked": False,
    "lock_reason": None,
    "text_content": "# Decorators\n\nDecorators are…",
    "payload": {"html": "<h1>Decorators</h1>\n<p>Decorators are…</p>\n"},
    "file": None,
    "progress": {
        "status": "completed",
        "percentage": 100,
        "position_seconds": 0,
        "completed_at": "2026-03-05T10:12:00Z",
    },
    "children": [],
}
_MODULE: Final[dict[str, Any]] = {
    "id": _MODULE_ID,
    "course": _COURSE_ID,
    "title": "Decorators and Metaclasses",
    "description": "Advanced Python patterns",
    "order": 1,
    "is_published": True,
    "version": 1,
    "prerequisites": [],
    "is_locked": False,
    "lock_reason": None,
    "items": [_ITEM],
}
_PREREQUISITE: Final = {"id": _LINK_ID, "kind": "required", "minimum_completion": 100}

COURSE_ROW: Final = _page("course in the list", _ROW)
COURSE: Final = _response("course", _COURSE)
NEW_COURSE: Final = _request(
    "new course",
    {
        "title": "Advanced Python",
        "description": "Deep dive into Python",
        "category": "programming",
        "difficulty_level": "advanced",
    },
)
COURSE_CHANGE: Final = _request(
    "new price and picture", {"price_amount": 4900, "price_currency": "EUR", "thumbnail_file": _FILE_ID}
)

NEW_INSTRUCTOR: Final = _request("new instructor", {"user": _USER_ID})
INSTRUCTOR: Final = _response("instructor", {"user": _USER_ID, "name": "John Smith"})
INSTRUCTOR_PAGE: Final = _page("instructor", {"user": _USER_ID, "name": "John Smith"})

_COURSE_PREREQUISITE: Final = _PREREQUISITE | {
    "required_course": _SECOND_ID,
    "required_title": "Python Programming",
    "required_slug": "python-programming",
    "required_status": "published",
}
NEW_COURSE_PREREQUISITE: Final = _request(
    "new prerequisite", {"required_course": _SECOND_ID, "kind": "required", "minimum_completion": 80}
)
COURSE_PREREQUISITE: Final = _response("prerequisite", _COURSE_PREREQUISITE)
COURSE_PREREQUISITE_PAGE: Final = _page("prerequisite", _COURSE_PREREQUISITE)

_MODULE_PREREQUISITE: Final = _PREREQUISITE | {"required_module": _SECOND_ID, "required_title": "Functions"}
NEW_MODULE_PREREQUISITE: Final = _request("new prerequisite", {"required_module": _SECOND_ID})
MODULE_PREREQUISITE: Final = _response("prerequisite", _MODULE_PREREQUISITE)
MODULE_PREREQUISITE_PAGE: Final = _page("prerequisite", _MODULE_PREREQUISITE)

NEW_MODULE: Final = _request(
    "new module", {"title": "Decorators and Metaclasses", "description": "Advanced Python patterns", "order": 1}
)
MODULE: Final = _response("module", _MODULE)
MODULE_PAGE: Final = _page("module", _MODULE)
MODULE_CHANGE: Final = _request("hide a module", {"is_published": False})
REORDER: Final = _request("new order", {"ids": [_SECOND_ID, _MODULE_ID]})

ITEM: Final = _response("item", _ITEM)
ITEM_PAGE: Final = _page("item", _ITEM)
ITEM_CHANGE: Final = _request("make it optional", {"is_required": False, "is_free_preview": True})


def _new_item(name: str, example: dict[str, Any]) -> OpenApiExample:
    body: dict[str, Any] = {"title": f"A piece of type {name}", "content_type": name, "order": 1}
    payload = {key: value for key, value in example.items() if key != TEXT_CONTENT}
    if TEXT_CONTENT in example:
        body[TEXT_CONTENT] = example[TEXT_CONTENT]
    if payload:
        body["payload"] = payload
    return _request(name, body)


_FROM_FILE: Final = _request("document from a file", {"title": "Handout", "content_type": "document", "file": _FILE_ID})
NEW_ITEMS: Final = [_new_item(kind.name, dict(kind.example)) for kind in CONTENT_TYPES.values()] + [_FROM_FILE]
