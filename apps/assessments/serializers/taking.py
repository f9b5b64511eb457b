"""What a running attempt says and hears, every few seconds for each learner: plain values, and no serializer's work.

The serializers of `attempts.py` stay what the schema says and what errors are told by; these functions do the same for
what is beyond doubt, and a test holds the two together.
"""

from typing import Any, Final

from apps.assessments.models import Attempt
from apps.assessments.models.attempts import LARGEST_SEQUENCE

_STATES: Final = frozenset({"in_progress", "submitted"})


def read_take(body: Any) -> dict[str, Any] | None:
    """Return what a body asks for, as `TakeSerializer` does; None where that one has to look, and to say what is wrong.

    Args:
        body: as the parser read it.
    """
    if type(body) is not dict:
        return None
    asked = {name: body[name] for name in ("answers", "sequence", "status") if name in body}
    if "answers" in asked and type(asked["answers"]) is not dict:
        return None
    if "sequence" in asked and not _is_sequence(asked["sequence"]):
        return None
    if "status" in asked and not (isinstance(asked["status"], str) and asked["status"] in _STATES):
        return None
    return asked


def _is_sequence(value: Any) -> bool:
    return type(value) is int and 1 <= value <= LARGEST_SEQUENCE


def receipt_view(receipt: Any) -> dict[str, Any]:
    """Return the receipt of a save as `ReceiptSerializer` writes it."""
    return {
        "sequence": receipt.sequence,
        "received_at": receipt.received_at,
        "saved": receipt.saved,
        "superseded": receipt.superseded,
        "entry_index": receipt.entry_index,
        "entry_hash": receipt.entry_hash,
    }


def saved_view(attempt: Attempt, receipt: Any) -> dict[str, Any]:
    """Return the answer to a save as `SavedSerializer` writes it."""
    return {
        "id": attempt.id, "status": attempt.status, "deadline_at": attempt.deadline_at,
        "receipt": receipt_view(receipt),
    }  # fmt: skip
