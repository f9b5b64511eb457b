"""Matching: find to each entry on the left the one on the right."""

from collections.abc import Sequence
from fractions import Fraction
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

_MOST_PAIRS: Final = 50


class Matching:
    """Pairs. Each right one counts its share; with `negative_marks` each wrong one takes a share away.

    Entries on the right are named and ordered by their content. One may belong to several on the left, and
    `distractors` to none, so the last pair does not follow from the others.
    """

    name = "matching"
    description = (
        "`pairs` of `id`, `left`, `right`, and perhaps `feedback`, said to whoever matched that `left`; "
        "`distractors`: further texts on the right; `partial_credit` (true unless told); `negative_marks`. "
        "Answer: `pairs`, by id of the left entry the id of the right one, as the paper gives them."
    )
    example_text = "Match each country with its capital."
    example = {
        "pairs": [
            {"id": "fr", "left": "France", "right": "Paris"},
            {"id": "au", "left": "Australia", "right": "Canberra", "feedback": "Not the largest of its cities."},
        ],
        "distractors": ["Sydney"],
    }
    answer_example = {"pairs": {"fr": content_id("Paris"), "au": content_id("Canberra")}}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("pairs", "distractors", "partial_credit", "negative_marks"))
        rows = form.objects("pairs", least=1, most=_MOST_PAIRS, known=("id", "left", "right", "feedback"))
        pairs = [self._pair(row) for row in rows]
        form.require_different([pair["id"] for pair in pairs], "pairs")
        distractors = form.texts("distractors", least=0, most=_MOST_PAIRS, longest=2000)
        right = {content_id(pair["right"]) for pair in pairs}
        form.require_different([content_id(text) for text in distractors], "distractors")
        for index, text in enumerate(distractors):
            if content_id(text) in right:
                form.refuse("This is the right side of a pair.", f"distractors.{index}")
        if len(right) + len(distractors) < 2:  # noqa: PLR2004  two are the least to choose from
            form.refuse("There is one entry on the right only; add pairs or distractors.", "pairs")
        return {
            "pairs": pairs,
            "distractors": distractors,
            "partial_credit": form.flag("partial_credit", default=True),
            "negative_marks": form.flag("negative_marks"),
        }

    def _pair(self, row: Form) -> Data:
        pair: Data = {
            "id": row.identifier("id"),
            "left": row.text("left", most=2000, required=True),
            "right": row.text("right", most=2000, required=True),
        }
        if feedback := row.text("feedback", most=5000):
            pair["feedback"] = feedback
        return pair

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        left = [{"id": pair["id"], "text": pair["left"]} for pair in data["pairs"]]
        if dice is not None:
            dice.shuffle(left)
        return {
            "left": left,
            "right": by_content([*(pair["right"] for pair in data["pairs"]), *data["distractors"]], dice),
        }

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("pairs",))
        offered = [entry["id"] for entry in view["right"]]
        pairs = form.child("pairs", known=[entry["id"] for entry in view["left"]])
        matched: Data = {}
        for name, value in sorted(pairs.entries.items()):
            if value is None:
                continue
            if not isinstance(value, str) or value not in offered:
                pairs.refuse("This is not among what the question offers on the right.", name)
            matched[name] = value
        return {"pairs": matched} if matched else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        matched = answer["pairs"]
        tried = [pair for pair in data["pairs"] if pair["id"] in matched]
        right = sum(matched[pair["id"]] == content_id(pair["right"]) for pair in tried)
        feedback = tuple(pair["feedback"] for pair in tried if "feedback" in pair)
        return Grade(self._worth(data, right, len(tried) - right), feedback)

    def _worth(self, data: Data, right: int, wrong: int) -> Fraction:
        count = len(data["pairs"])
        taken = wrong if data["negative_marks"] else 0
        if data["partial_credit"]:
            return Fraction(right - taken, count)
        if right == count:
            return EVERYTHING
        return -EVERYTHING if taken else NOTHING

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return tuple(f"{left}:{right}" for left, right in sorted(answer["pairs"].items())) if answer else ()
