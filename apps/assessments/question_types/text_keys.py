"""Keys of texts that are typed: accepted variants, case, white space, typos. For short answers and for gaps."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final
from unicodedata import normalize

from apps.assessments.question_types.base import NOTHING, Data, Grade
from apps.assessments.question_types.distance import typos_between
from apps.assessments.question_types.forms import Form

ENTRIES: Final = ("accepted", "case_sensitive", "typo_tolerance")
LONGEST_ANSWER: Final = 1000  # the same for every key: a limit made from the key would tell its length
_LONGEST_VARIANT: Final = 500
_MOST_VARIANTS: Final = 50
_MOST_TYPOS: Final = 5
_LONGEST_RESPONSE: Final = 100
_HUNDRED: Final = 100


def clean_text_key(form: Form) -> Data:
    """Return the checked `accepted`, `case_sensitive` and `typo_tolerance` of an object."""
    case_sensitive = form.flag("case_sensitive")
    rows = form.objects("accepted", least=1, most=_MOST_VARIANTS, known=("text", "weight", "feedback"))
    accepted = [_variant(row) for row in rows]
    written = [normalised(variant["text"], case_sensitive=case_sensitive) for variant in accepted]
    form.require_different(written, "accepted")
    if not any(_worth(variant) == 1 for variant in accepted):
        form.refuse("No variant is worth everything; leave out the weight of at least one.", "accepted")
    return {"accepted": accepted, "case_sensitive": case_sensitive, "typo_tolerance": _tolerance(form)}


def _variant(row: Form) -> Data:
    variant: Data = {"text": row.text("text", most=_LONGEST_VARIANT, required=True)}
    weight = row.percentage("weight")
    if weight is not None:
        variant["weight"] = str(weight)
    if feedback := row.text("feedback", most=5000):
        variant["feedback"] = feedback
    return variant


def _tolerance(form: Form) -> list[Data]:
    steps = []
    for row in form.objects("typo_tolerance", least=0, most=10, known=("from_length", "distance")):
        length = row.integer("from_length", least=1, most=_LONGEST_VARIANT, default=1) or 1
        distance = row.integer("distance", least=0, most=_MOST_TYPOS, default=0) or 0
        if distance >= length:
            row.refuse("So many typos would accept any text of this length; enter fewer than from_length.", "distance")
        steps.append({"from_length": length, "distance": distance})
    form.require_different([step["from_length"] for step in steps], "typo_tolerance")
    return sorted(steps, key=lambda step: step["from_length"])


def normalised(text: str, *, case_sensitive: bool) -> str:
    """Return a text as it is compared: NFC, white space trimmed and collapsed, case folded unless it counts."""
    spaced = " ".join(normalize("NFC", text).split())
    return spaced if case_sensitive else normalize("NFC", spaced.casefold())


def grade_text(key: Data, text: str) -> Grade:
    """Return what a text is worth: as the variant with the fewest typos says, of equally near ones the best."""
    written = normalised(text, case_sensitive=key["case_sensitive"])
    near = []
    for variant in key["accepted"]:
        meant = normalised(variant["text"], case_sensitive=key["case_sensitive"])
        typos = typos_between(meant, written, most=_most_typos(key["typo_tolerance"], len(meant)))
        if typos is not None:
            near.append((typos, -_worth(variant), meant, variant))
    if not near:
        return Grade(NOTHING)
    _, worth, _, variant = min(near, key=lambda entry: entry[:3])
    return Grade(-worth, (variant["feedback"],) if "feedback" in variant else ())


def response_of(key: Data, text: str) -> str:
    """Return under what statistics count a text."""
    return normalised(text, case_sensitive=key["case_sensitive"])[:_LONGEST_RESPONSE]


def _worth(variant: Data) -> Fraction:
    return Fraction(variant.get("weight", _HUNDRED)) / _HUNDRED


def _most_typos(tolerance: Iterable[Data], length: int) -> int:
    """Return the tolerance of the last step that a text of `length` characters reaches."""
    reached = [step["distance"] for step in tolerance if step["from_length"] <= length]
    return reached[-1] if reached else 0
