"""What a key of ours looks like, and nothing else reaches a store."""

import re
from typing import Final

LONGEST_KEY: Final = 200  # a key and an id together are one file name of the local store's staging folder
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+", re.ASCII)


class InvalidKey(ValueError):
    """Not a key of ours: a bug of the caller, or a person's text that got where it must not."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} is no key of the object store.")


def is_key(key: str) -> bool:
    """Tell whether this is a key: two segments or more, none of which starts with a dot."""
    return len(key) <= LONGEST_KEY and _KEY.fullmatch(key) is not None


def checked_key(key: str) -> str:
    """Return `key` if it is one. Raises InvalidKey."""
    if not is_key(key):
        raise InvalidKey(key)
    return key
