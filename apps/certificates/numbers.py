"""Numbers of certificates: nobody can guess one, and everybody can type one.

`LMS-2026-7K3Q-9XBM-2R4T-C`: the year, twelve random characters of Crockford's base 32 (60 bits; without I, L, O
and U), and a check character by the Luhn mod N algorithm (ISO/IEC 7812-1 annex B, with N = 32), which finds every
single wrong character and nearly every swap of neighbours.
"""

import re
import secrets
from typing import Final

PREFIX: Final = "LMS"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_LENGTH: Final = 12
_BODY = re.compile(rf"[0-9]{{4}}[{_ALPHABET}]{{{_RANDOM_LENGTH + 1}}}")
_SEPARATORS = re.compile(r"[\s\-_.\u2010-\u2015\u2212]+")
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_LONGEST_INPUT: Final = 64


def new_number(year: int) -> str:
    """Return a new number of this year."""
    body = f"{year:04d}" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return _written(body + _check_character(body))


def normalize_number(typed: str) -> str | None:
    """Return the number that somebody meant; None when it can be none.

    Lower case, missing or other dashes, spaces, a missing prefix, O for 0 and I or L for 1 are put right.
    """
    if len(typed) > _LONGEST_INPUT:
        return None
    body = _SEPARATORS.sub("", typed).upper().removeprefix(PREFIX).translate(_LOOK_ALIKES)
    if not _BODY.fullmatch(body) or _check_character(body[:-1]) != body[-1]:
        return None
    return _written(body)


def _written(body: str) -> str:
    year, rest = body[:4], body[4:]
    groups = [rest[at : at + 4] for at in range(0, len(rest), 4)]
    return "-".join([PREFIX, year, *groups])


def _check_character(body: str) -> str:
    base = len(_ALPHABET)
    total = 0
    for position, character in enumerate(reversed(body)):
        product = _ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += product // base + product % base
    return _ALPHABET[-total % base]
