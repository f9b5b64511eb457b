"""The `Range` header of RFC 9110, as far as downloads need it: one range of bytes."""

import re

from apps.core.errors import DomainError

_ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.ASCII)


class RangeNotSatisfiable(DomainError):
    """Nothing of the object lies in the range."""

    status = 416
    code = "range_not_satisfiable"
    default_detail = "The file is shorter than that. Ask for a range inside of it, or without a range."


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """Return start and end (exclusive) that a `Range` header asks for in `size` bytes.

    None when there is no header, or one that may be ignored: more than one range, another unit, or nonsense.

    Raises:
        RangeNotSatisfiable: well-formed, and beyond the last byte.
    """
    match = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        start, end = max(0, size - int(match["last"])), size
    else:
        start, end = int(match["first"]), min(size, int(match["last"] or size) + 1)
        if match["last"] and int(match["last"]) < start:
            return None
    if start >= end:
        raise RangeNotSatisfiable(extra={"size_bytes": size})
    return start, end
