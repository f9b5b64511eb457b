"""Examples of the schema: the jobs that work on gradebooks, as they are answered first."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_QUEUED: Final[dict[str, Any]] = {
    "id": "0198c2f5-8c30-7e43-8c03-3d4e5f6a7b8d", "subject": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "state": "queued",
    "progress": {"done": 0, "total": None, "percentage": None}, "counts": {"done": 0, "unchanged": 0, "failed": 0},
    "result": {}, "error": None, "has_result_file": False, "is_cancellable": True,
    "created_by": "0198c2f4-9d21-7f41-8d74-9c305fb04d45", "created_at": "2026-03-06T09:30:00Z", "started_at": None,
    "cancel_requested_at": None, "finished_at": None, "expires_at": None, "poll_after_seconds": 1,
}  # fmt: skip


def _accepted(kind: str, title: str) -> OpenApiExample:
    value = {"kind": kind, "kind_title": title, **_QUEUED}
    return OpenApiExample("A job does it", value=value, response_only=True, status_codes=["202"])


EDITING: Final = _accepted("gradebook.bulk_edit", "Change of many grades")
EXPORTING: Final = _accepted("gradebook.export", "Export of a gradebook")
FREEZING: Final = _accepted("gradebook.freeze", "Freeze of final grades")
