"""Multiple choice: one option or several, each right, wrong, or worth a part."""

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
from apps.assessments.question_types.forms import Form

MOST_OPTIONS: Final = 50
_HUNDRED: Final = 100


class MultipleChoice:
    """One right option: choose it. Several right ones, or `multiple`: each counts a share, a wrong one takes one away.

    `weight` (per cent of the points, -100 to 100) overrules the share. Without `negative_marks` 0 is the least.
    """

    name = "multiple_choice"
    description = (
        "`options` of `id`, `text`, `is_correct`, and perhaps `weight` (per cent) and `feedback`; "
        "`multiple`: several may be chosen; `negative_marks`: wrong options may bring the question below 0. "
        "Answer: `selected_option_id`, or `selected_option_ids` where several may be chosen."
    )
    example = {
        "options": [
            {"id": "a", "text": "A function wrapper", "is_correct": True, "feedback": "It takes one and returns one."},
            {"id": "b", "text": "A class", "is_correct": False},
        ]
    }
    answer_example = {"selected_option_id": "a"}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("options", "multiple", "negative_marks"))
        rows = form.objects(
            "options", least=2, most=MOST_OPTIONS, known=("id", "text", "is_correct", "weight", "feedback")
        )
        options = [self._option(row) for row in rows]
        form.require_different([option["id"] for option in options], "options")
        right = sum(option["is_correct"] for option in options)
        if not right:
            form.refuse("No option is correct; mark at least one.", "options")
        return {
            "options": options,
            "multiple": form.flag("multiple", default=right > 1),
            "negative_marks": form.flag("negative_marks"),
        }

    def _option(self, row: Form) -> Data:
        option: Data = {
            "id": row.identifier("id"),
            "text": row.text("text", most=5000, required=True),
            "is_correct": row.flag("is_correct"),
        }
        weight = row.number("weight")
        if weight is not None:
            if abs(weight) > _HUNDRED:
                row.refuse("Enter a per cent from -100 to 100.", "weight")
            option["weight"] = str(weight)
        if feedback := row.text("feedback", most=5000):
            option["feedback"] = feedback
        return option

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        options = [{"id": option["id"], "text": option["text"]} for option in data["options"]]
        if dice is not None:
            dice.shuffle(options)
        return {"options": options, "multiple": data["multiple"]}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("selected_option_id", "selected_option_ids"))
        offered = [option["id"] for option in view["options"]]
        if "selected_option_ids" in form.entries:
            chosen = form.identifiers("selected_option_ids", among=offered)
        else:
            one = form.entries.get("selected_option_id")
            chosen = form_of_one(form, one, offered)
        if len(chosen) > 1 and not view["multiple"]:
            form.refuse("One option only.", "selected_option_ids")
        return {"selected_option_ids": sorted(chosen)} if chosen else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        chosen = set(answer["selected_option_ids"])
        options = [option for option in data["options"] if option["id"] in chosen]
        total = sum((self._worth(data, option) for option in options), start=NOTHING)
        floor = -EVERYTHING if data["negative_marks"] else NOTHING
        feedback = tuple(option["feedback"] for option in options if "feedback" in option)
        return Grade(max(floor, min(EVERYTHING, total)), feedback)

    def _worth(self, data: Data, option: Data) -> Fraction:
        if "weight" in option:
            return Fraction(option["weight"]) / _HUNDRED
        right = sum(other["is_correct"] for other in data["options"])
        if option["is_correct"]:
            return Fraction(1, right) if data["multiple"] else EVERYTHING
        return -Fraction(1, right) if data["multiple"] else -EVERYTHING

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return tuple(answer["selected_option_ids"]) if answer else ()


def form_of_one(form: Form, value: Any, offered: Sequence[str]) -> list[str]:
    """Return the one option of a `selected_option_id`; [] where none is chosen."""
    if value is None:
        return []
    if not isinstance(value, str) or value not in offered:
        form.refuse("This option is not among what the question offers.", "selected_option_id")
    return [value]
