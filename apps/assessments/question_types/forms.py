"""Forms of payloads and answers: small readers that return a checked value or raise a pointed error.

A reader takes the value and its path, and raises what `Wrong` is made of: payloads and answers have errors of their
own, so the caller of a form gives the class.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from apps.core.errors import InvalidInput

Wrong = Callable[..., InvalidInput]
LONGEST_ID: Final = 64
_ID: Final = re.compile(r"\A[A-Za-z0-9_.:-]{1,64}\Z")
_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
# An exponent of a billion is ten letters to write and gigabytes to compute with. Every double fits into these.
_MOST_DIGITS: Final = 50
_LARGEST_EXPONENT: Final = 400
_LARGEST_INTEGER: Final = 10**_MOST_DIGITS
_LONGEST_NUMBER: Final = 100
_HUNDRED: Final = 100


class Form:
    """Reads the entries of one object; `wrong` is what it raises."""

    def __init__(self, value: Any, wrong: Wrong, *, known: Sequence[str], path: str = "") -> None:
        self.wrong = wrong
        self.path = path
        if not isinstance(value, Mapping):
            self.refuse("Enter an object.")
        self.entries: Mapping[str, Any] = value
        for key in value:
            if key not in known:
                self.refuse(f"There is no entry {str(key)[:50]!r} here; there are {', '.join(known)}.", str(key)[:50])

    def at(self, key: str) -> str:
        """Return the path of an entry."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, detail: str, key: str = "") -> NoReturn:
        """Raise the error for the entry `key`, or for the object itself."""
        raise self.wrong(detail, field=(self.at(key) if key else self.path) or None)

    def text(self, key: str, *, most: int, required: bool = False) -> str:
        """Return a text of at most `most` characters; "" where there is none."""
        value = self.entries.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.refuse("Enter text.", key)
        if len(value) > most:
            self.refuse(f"Enter at most {most} characters; these are {len(value)}.", key)
        if _UNSTORABLE.search(value):
            self.refuse("The text holds characters that cannot be stored.", key)
        if required and not value.strip():
            self.refuse("This may not be empty.", key)
        return value

    def identifier(self, key: str) -> str:
        """Return an id that an author gave: letters, digits and `_ . : -`, at most 64."""
        value = self.entries.get(key)
        if not isinstance(value, str) or not _ID.match(value):
            self.refuse(f"Enter an id of letters, digits and _ . : - (at most {LONGEST_ID}).", key)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.entries.get(key, default)
        if not isinstance(value, bool):
            self.refuse("Enter true or false.", key)
        return value

    def integer(self, key: str, *, least: int, most: int, default: int | None = None) -> int | None:
        """Return a whole number within bounds; `default` where there is none."""
        value = self.entries.get(key)
        if value is None:
            return default
        if type(value) is not int or not least <= value <= most:
            self.refuse(f"Enter a whole number from {least} to {most}.", key)
        return int(value)

    def number(self, key: str) -> Decimal | None:
        """Return an exact decimal, given as a number or as text (`"0.1"`); None where there is none."""
        return None if self.entries.get(key) is None else self.exact(key)

    def exact(self, key: str) -> Decimal:
        """Return the exact decimal that has to be there."""
        number = decimal_of(self.entries.get(key))
        if number is None:
            self.refuse(f"Enter a number such as 0.25, of at most {_MOST_DIGITS} digits.", key)
        return number

    def percentage(self, key: str, *, least: int = 0) -> Decimal | None:
        """Return a per cent from `least` to 100; None where there is none."""
        number = self.number(key)
        if number is not None and not least <= number <= _HUNDRED:
            self.refuse(f"Enter a per cent from {least} to {_HUNDRED}.", key)
        return number

    def choice(self, key: str, choices: Sequence[str], *, default: str) -> str:
        """Return one of `choices`."""
        value = self.entries.get(key, default)
        if value not in choices:
            self.refuse(f"Enter one of {', '.join(choices)}.", key)
        return str(value)

    def objects(self, key: str, *, least: int, most: int, known: Sequence[str]) -> list["Form"]:
        """Return a form for each object of a list."""
        value = self.entries_of(key, least=least, most=most)
        return [
            Form(entry, self.wrong, known=known, path=f"{self.at(key)}.{index}") for index, entry in enumerate(value)
        ]

    def entries_of(self, key: str, *, least: int, most: int) -> list[Any]:
        """Return a list with a bearable number of entries."""
        value = self.entries.get(key, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.refuse(f"Enter a list of {least} to {most} entries.", key)
        return value

    def child(self, key: str, *, known: Sequence[str]) -> "Form":
        """Return a form for the object at `key`; an empty one where there is none."""
        value = self.entries.get(key)
        return Form({} if value is None else value, self.wrong, known=known, path=self.at(key))

    def texts(self, key: str, *, least: int, most: int, longest: int) -> list[str]:
        """Return a list of texts, none of them blank."""
        rows = {str(index): entry for index, entry in enumerate(self.entries_of(key, least=least, most=most))}
        form = Form(rows, self.wrong, known=tuple(rows), path=self.at(key))
        return [form.text(index, most=longest, required=True) for index in rows]

    def identifiers(self, key: str, *, among: Sequence[str]) -> list[str]:
        """Return a list of different ids, each one of `among`."""
        value = self.entries_of(key, least=0, most=len(among))
        if not all(isinstance(entry, str) and entry in among for entry in value):
            self.refuse("An entry is not among what the question offers.", key)
        self.require_different(value, key)
        return value

    def require_different(self, values: Sequence[Any], key: str, naming: Callable[[Any], str] = str) -> None:
        """Refuse a list in which something comes twice."""
        seen: set[Any] = set()
        for value in values:
            if value in seen:
                self.refuse(f"{naming(value)[:50]!r} comes twice.", key)
            seen.add(value)


def decimal_of(value: Any) -> Decimal | None:
    """Return the exact decimal of a JSON number or of text; None for anything else, or beyond all reason."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER:
        return None
    written = str(value).strip()
    if len(written) > _LONGEST_NUMBER:
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or abs(exponent) > _LARGEST_EXPONENT or len(digits) > _MOST_DIGITS:
        return None
    return number
