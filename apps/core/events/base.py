"""What an event is: a frozen dataclass of ids and facts, never of secrets."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self, get_type_hints
from uuid import UUID

_FROM_JSON: dict[Any, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (UUID, Decimal)) else value


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Subclasses set `name` (`enrollment.completed.v1`) and their fields.

    Fields may be `str`, `int`, `bool`, `UUID`, `datetime`, `Decimal`, or one of these with `None`.
    """

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {field.name: _to_json(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Rebuild the event from what `payload()` gave."""
        hints = get_type_hints(cls)
        values = {}
        for field in dataclasses.fields(cls):
            value = payload[field.name]
            options = getattr(hints[field.name], "__args__", (hints[field.name],))
            convert = next((_FROM_JSON[option] for option in options if option in _FROM_JSON), None)
            values[field.name] = convert(value) if convert and value is not None else value
        return cls(**values)
