"""Checks that the entries of payloads are made of. Each returns the cleaned value or raises `InvalidPayload`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from apps.courses.content_types.base import Entry, InvalidPayload, Payload, clean_entries

_LANGUAGE: Final = re.compile(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


def text(max_length: int) -> Callable[[Any], str]:
    """Make a check for text of at most `max_length` characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidPayload(detail="Enter text.", code="not_a_text")
        if len(value) > max_length:
            message = f"Enter at most {max_length} characters; these are {len(value)}."
            raise InvalidPayload(message, code="too_long")
        if _UNSTORABLE.search(value):
            raise InvalidPayload(
                detail="The text holds characters that cannot be stored.", code="unstorable_characters"
            )
        return value

    return check


def integer(least: int, most: int) -> Callable[[Any], int]:
    """Make a check for a whole number within bounds."""

    def check(value: Any) -> int:
        if type(value) is not int:
            raise InvalidPayload(detail="Enter a whole number.", code="not_a_number")
        if not least <= value <= most:
            message = f"Enter a number from {least} to {most}."
            raise InvalidPayload(message, code="out_of_range")
        return int(value)

    return check


def one_of(*values: str) -> Callable[[Any], str]:
    """Make a check for one of a few words."""

    def check(value: Any) -> str:
        if value not in values:
            message = f"Enter one of {', '.join(values)}."
            raise InvalidPayload(message, code="unknown_choice")
        return str(value)

    return check


def language(value: Any) -> str:
    """Check a BCP 47 language tag (`en`, `pt-BR`)."""
    if not isinstance(value, str) or len(value) > 35 or not _LANGUAGE.match(value):  # noqa: PLR2004  RFC 5646, 4.4.1
        raise InvalidPayload(detail="Enter a language tag such as en or pt-BR.", code="invalid_language")
    return value


def identifier(value: Any) -> str:
    """Check a reference to a thing of another app; it is looked up when the item is run."""
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidPayload(detail="Enter an id (a UUID).", code="invalid_id") from error


def list_of(entries: Mapping[str, Entry], *, most: int) -> Callable[[Any], list[Payload]]:
    """Make a check for a list of at most `most` objects with these entries."""

    def check(value: Any) -> list[Payload]:
        if not isinstance(value, list) or len(value) > most:
            message = f"Enter a list of at most {most} objects."
            raise InvalidPayload(message, code="not_a_list")
        return [_row(index, row) for index, row in enumerate(value)]

    def _row(index: int, row: Any) -> Payload:
        try:
            return clean_entries(entries, row)
        except InvalidPayload as error:
            at_row = error.field == InvalidPayload.default_field
            path = str(index) if at_row else f"{index}.{error.field}"
            raise InvalidPayload(error.detail, code=error.code, field=path) from error

    return check


_DAY: Final = 24 * 60 * 60
seconds: Final = integer(0, 7 * _DAY)
