"""Whole numbers reach the database whole."""

from typing import Any, Final

from django.db.backends.postgresql import operations
from psycopg.types import numeric

_BOUNDS: Final = {numeric.Int2: 2**15, numeric.Int4: 2**31}


class DatabaseOperations(operations.DatabaseOperations):
    """Django types a number in an expression (`F("used_bytes") + size`) as a 32-bit integer, however large it is.

    Bound on the server, the driver would send its low 32 bits without a word. What does not fit goes as 64 bits: the
    sum is right, and where a column is too narrow for it the database says so.
    """

    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        adapted = super().adapt_integerfield_value(value, internal_type)
        bound = _BOUNDS.get(type(adapted))
        if bound is not None and not -bound <= adapted < bound:
            return numeric.Int8(adapted)
        return adapted
