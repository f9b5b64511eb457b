"""Short answer: a text that is compared with accepted variants."""

from collections.abc import Sequence
from random import Random
from typing import Any

from apps.assessments.question_types.base import Data, Grade, InvalidAnswer, InvalidQuestion, grade_blank
from apps.assessments.question_types.forms import Form
from apps.assessments.question_types.text_keys import (
    ENTRIES,
    LONGEST_ANSWER,
    clean_text_key,
    grade_text,
    response_of,
)


class ShortAnswer:
    """A word or a phrase. Letters are compared in Unicode's NFC, white space is trimmed and collapsed.

    Typos are forgiven as `typo_tolerance` says: for variants of `from_length` characters or more, up to `distance`
    insertions, deletions, substitutions and swaps (Damerau-Levenshtein). The nearest variant decides, so that a known
    mistake (`weight` 0, with feedback) is not taken for a typo of the right answer.
    """

    name = "short_answer"
    description = (
        "`accepted`: variants of `text`, and perhaps `weight` (per cent, 100 unless told) and `feedback`; "
        "`case_sensitive`; `typo_tolerance`: steps of `from_length` and `distance`, the most typos "
        "(Damerau-Levenshtein) in variants of that length or more. Answer: `text`."
    )
    example_text = "What is the capital of France?"
    example = {
        "accepted": [
            {"text": "Paris", "feedback": "Indeed."},
            {"text": "Lutetia", "weight": "50", "feedback": "That was its Roman name."},
            {"text": "Versailles", "weight": "0", "feedback": "The kings lived there."},
        ],
        "case_sensitive": False,
        "typo_tolerance": [{"from_length": 5, "distance": 1}],
    }
    answer_example = {"text": "Paris"}

    def clean(self, data: Any) -> Data:
        return clean_text_key(Form(data, InvalidQuestion, known=ENTRIES))

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del data, dice
        return {}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        del view
        text = Form(answer, InvalidAnswer, known=("text",)).text("text", most=LONGEST_ANSWER)
        return {"text": text} if text.strip() else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        return grade_text(data, answer["text"]) if answer else grade_blank()

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        return (response_of(data, answer["text"]),) if answer else ()
