"""The interface of a content type, and what its module needs to describe a payload."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from apps.core.errors import InvalidInput

Payload: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[Any], Any]


_MISSING: Final = "This entry is required for the type."
_MISSING_OR_FILE: Final = "The type asks for an address here, or for a `file`. Give one of them."
NO_FILES: Final[frozenset[str]] = frozenset()


class InvalidPayload(InvalidInput):
    """The payload of a content item does not fit its type; `field` names the entry at fault."""

    code = "invalid_payload"
    default_detail = "The payload does not fit the content type."
    default_field = "payload"

    def __init__(self, detail: str | None = None, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(detail, field=field)
        if code:
            self.code = code  # type: ignore[misc]  # one class, many pointed codes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a payload: `check` returns the cleaned value or raises `InvalidPayload` without a field.

    `or_file`: a file of the item stands in for the entry, so that it is required only of items without one.
    """

    check: Check
    required: bool = False
    or_file: bool = False


class ContentType(Protocol):
    """A kind of content. `entries` says what its payload may hold; `finish` adds what follows from it.

    `file_types` are the media types of the files that it takes; none: it takes no file.
    """

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def entries(self) -> Mapping[str, Entry]: ...
    @property
    def file_types(self) -> frozenset[str]: ...
    @property
    def example(self) -> Mapping[str, Any]: ...

    def finish(self, payload: Payload) -> Payload:
        """Return the checked payload with what can be derived from it once, so that readers need not."""
        ...


class Plain:
    """Base of the types from whose payload nothing is derived, and which take no file."""

    file_types: frozenset[str] = NO_FILES

    def finish(self, payload: Payload) -> Payload:
        return payload


def clean_entries(entries: Mapping[str, Entry], payload: Any, *, has_file: bool = False) -> Payload:
    """Return `payload` with each entry checked; unknown entries are refused, absent ones left out.

    `has_file`: the item has a file, which stands in for the entries that are `or_file`.

    Raises:
        InvalidPayload: `field` is the entry's path below the payload.
    """
    if not isinstance(payload, Mapping):
        message = f"The payload must be an object, not {type(payload).__name__}."
        raise InvalidPayload(message, code="not_an_object")
    for key in payload:
        if key not in entries:
            message = f"This type has no entry {str(key)[:50]!r}; it knows {', '.join(sorted(entries))}."
            raise InvalidPayload(message, code="unknown_entry", field=str(key)[:50])
    cleaned: Payload = {}
    for key, entry in entries.items():
        value = payload.get(key)
        if value is None or value == "":
            if entry.required and not (entry.or_file and has_file):
                raise InvalidPayload(_MISSING_OR_FILE if entry.or_file else _MISSING, code="required", field=key)
            continue
        try:
            cleaned[key] = entry.check(value)
        except InvalidPayload as error:
            path = f"{key}.{error.field}" if error.field != InvalidPayload.default_field else key
            raise InvalidPayload(error.detail, code=error.code, field=path) from error
    return cleaned
