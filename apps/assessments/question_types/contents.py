"""Lists whose order would tell the solution: named and ordered by their content alone.

An author's ids would tell it as well (`1`, `2`, `3` in the right order), so what a learner sees is named after its own
text. A text keeps its name in every version of a question, which is what lets a changed key grade old answers.
"""

import hashlib
from collections.abc import Iterable
from random import Random
from unicodedata import normalize

from apps.assessments.question_types.base import Data


def content_id(text: str) -> str:
    """Return the name of a text: the first 12 hexadecimal digits of its SHA-256, in NFC."""
    return hashlib.sha256(normalize("NFC", text).encode()).hexdigest()[:12]


def by_content(texts: Iterable[str], dice: Random | None) -> list[Data]:
    """Return `{"id", "text"}` of each text in an order that says nothing about the one they came in."""
    unique = {content_id(text): normalize("NFC", text) for text in texts}
    entries: list[Data] = [{"id": name, "text": unique[name]} for name in sorted(unique)]
    if dice is not None:
        dice.shuffle(entries)
    return entries
