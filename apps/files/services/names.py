"""Names of folders and files: shown as they are, once per place."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, transaction

from apps.core.errors import Conflict, InvalidInput
from apps.files.models import LONGEST_NAME

_UNIQUE_VIOLATION: Final = "23505"

# Turn the reading direction, so that a name shows as another one.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS: Final = frozenset("/\\")


class NameTaken(Conflict):
    """The place has such a name already; letters differ in more than their case."""

    code = "name_taken"
    default_detail = "There is something of this name here already, and case does not tell them apart. Choose another."
    default_field = "name"


class InvalidName(InvalidInput):
    """The name cannot be shown as it is."""

    code = "invalid_name"
    default_field = "name"


def folder_name(name: str) -> str:
    """Return the name as it is kept: composed (NFC), without spaces around it.

    Raises:
        InvalidName: it is empty, too long, or holds a slash, control characters or marks that turn the text around.
    """
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept.strip(".") or len(kept) > LONGEST_NAME:
        message = f"A name has 1 to {LONGEST_NAME} characters, and more than dots. Choose another."
        raise InvalidName(message)
    if (_TURNING | _SEPARATORS) & set(kept) or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in kept):
        message = "A name holds no slash, no control characters and none that turn the text around. Leave them out."
        raise InvalidName(message)
    return kept


@contextmanager
def refusing_taken_names() -> Iterator[None]:
    """Answer to a name that somebody else took at this very moment as to one that was taken before.

    Raises:
        NameTaken: the constraint says so.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != _UNIQUE_VIOLATION:
            raise
        raise NameTaken from error
