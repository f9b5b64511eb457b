"""Bulk reorder: the whole list or nothing."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from apps.core.errors import InvalidInput

MAX_ORDER: Final = 2_147_483_647


class InvalidOrder(InvalidInput):
    """The list is no permutation of what is there; `errors` names each wrong row."""

    code = "invalid_order"
    default_detail = "The list must name every one exactly once; see `errors` for each row. Nothing was changed."


def check_permutation(present: Sequence[UUID], wanted: Sequence[UUID]) -> None:
    """Require that `wanted` is `present` in some order.

    Raises:
        InvalidOrder: with one error per wrong row (`ids.3`), and one for those that are missing.
    """
    known = set(present)
    seen: Counter[UUID] = Counter()
    errors: list[dict[str, Any]] = []
    for index, identifier in enumerate(wanted):
        seen[identifier] += 1
        if identifier not in known:
            errors.append(_error(f"ids.{index}", "unknown", f"{identifier} does not belong here."))
        elif seen[identifier] > 1:
            errors.append(_error(f"ids.{index}", "duplicate", f"{identifier} is named before."))
    if missing := [identifier for identifier in present if identifier not in seen]:
        names = ", ".join(map(str, missing))
        errors.append(_error("ids", "missing", f"The list does not name {names}."))
    if errors:
        raise InvalidOrder(extra={"errors": errors})


def _error(field: str, code: str, detail: str) -> dict[str, Any]:
    return {"field": field, "code": code, "detail": detail}


def next_order(last: int | None) -> int:
    """Return the order of what is appended after `last`; None: there is nothing yet."""
    return 0 if last is None else min(last + 1, MAX_ORDER)
