"""Ordering: bring items into the right order."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any, Final

from apps.assessments.question_types.base import (
    EVERYTHING,
    NOTHING,
    Data,
    Grade,
    InvalidAnswer,
    InvalidQuestion,
    grade_blank,
)
from apps.assessments.question_types.contents import by_content, content_id
from apps.assessments.question_types.forms import Form

_MOST_ITEMS: Final = 50
_SCORINGS: Final = ("position", "longest_run", "longest_subsequence", "all_or_nothing")


class Ordering:
    """Items in the right order.

    `scoring` is the author's choice, of n items:

    - `position`: the share of items in their right place;
    - `longest_run`: (l - 1) / (n - 1), l the longest stretch of neighbours in the answer whose order is right;
    - `longest_subsequence`: the same, l the most items whose order is right once the others are taken out: one item
      too early costs one step, where `position` would cost all behind it;
    - `all_or_nothing`.

    Learners see the items named and ordered by their content, whether options are shuffled or not.
    """

    name = "ordering"
    description = (
        "`items`: texts in the right order; `scoring`: `position` (share of items in their place), `longest_run` "
        "(longest stretch of neighbours in the right order), `longest_subsequence` (most items in the right order, "
        "others taken out), or `all_or_nothing`. Answer: `order`, the ids of the items as the paper gives them."
    )
    example_text = "Bring these into the order in which a request meets them."
    example = {"items": ["The load balancer", "The web server", "The application", "The database"]}
    answer_example = {"order": [content_id(text) for text in example["items"]]}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("items", "scoring"))
        items = form.texts("items", least=2, most=_MOST_ITEMS, longest=2000)
        form.require_different([content_id(item) for item in items], "items", _named(items))
        return {"items": items, "scoring": form.choice("scoring", _SCORINGS, default="position")}

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        return {"items": by_content(data["items"], dice)}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("order",))
        order = form.identifiers("order", among=[item["id"] for item in view["items"]])
        return {"order": order} if order else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        rank = {content_id(text): index for index, text in enumerate(data["items"])}
        order = [rank[name] for name in answer["order"] if name in rank]
        return Grade(_SHARES[data["scoring"]](order, len(rank)))

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return tuple(f"{place}:{name}" for place, name in enumerate(answer["order"], start=1)) if answer else ()


def _named(items: Sequence[str]) -> Any:
    texts = {content_id(item): item for item in items}
    return texts.__getitem__


def _in_place(order: Sequence[int], count: int) -> Fraction:
    return Fraction(sum(place == rank for place, rank in enumerate(order)), count)


def _longest_run(order: Sequence[int], count: int) -> Fraction:
    longest = length = min(len(order), 1)
    for before, after in pairwise(order):
        length = length + 1 if before < after else 1
        longest = max(longest, length)
    return _steps(longest, count)


def _longest_subsequence(order: Sequence[int], count: int) -> Fraction:
    """Return the share by the longest increasing subsequence, by patience sorting (Fredman, 1975)."""
    ends: list[int] = []
    for rank in order:
        place = bisect_left(ends, rank)
        ends[place : place + 1] = [rank]
    return _steps(len(ends), count)


def _steps(longest: int, count: int) -> Fraction:
    """Return the share of right steps from item to item: a single item is no order yet."""
    return Fraction(max(longest - 1, 0), count - 1)


def _all(order: Sequence[int], count: int) -> Fraction:
    return EVERYTHING if list(order) == list(range(count)) else NOTHING


_SHARES: Final = {
    "position": _in_place,
    "longest_run": _longest_run,
    "longest_subsequence": _longest_subsequence,
    "all_or_nothing": _all,
}
