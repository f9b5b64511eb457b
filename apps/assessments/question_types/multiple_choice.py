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
    example_text = "What is a decorator?"
    example = {
        "options": [
            {"id": "a", "text": "A function wrapper", "is_correct": True, "feedback": "It takes one and returns one."},
            {"id": "b", "text": "A class", "is_correct": False},
        ]
    }
    answer_example = {"selected_option_id": "a"}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("options", "multiple", "negative_marks"))
        options = clean_options(form)
        right = sum(option["is_correct"] for option in options)
        return {
            "options": options,
            "multiple": form.flag("multiple", default=right > 1),
            "negative_marks": form.flag("negative_marks"),
        }

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        return {"options": options_view(data["options"], dice), "multiple": data["multiple"]}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("selected_option_id", "selected_option_ids"))
        offered = [option["id"] for option in view["options"]]
        if "selected_option_ids" in form.entries:
            chosen = form.identifiers("selected_option_ids", among=offered)
        else:
            one = chosen_option(form, "selected_option_id", offered)
            chosen = [one] if one else []
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
        right = sum(other["is_correct"] for other in data["options"]) if data["multiple"] else 1
        return worth_of(option, share=Fraction(1, right))

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return tuple(answer["selected_option_ids"]) if answer else ()


def clean_options(form: Form) -> list[Data]:
    """Return the checked options of a question, or of a gap: at least one of them correct."""
    known = ("id", "text", "is_correct", "weight", "feedback")
    options = [_clean_option(row) for row in form.objects("options", least=2, most=MOST_OPTIONS, known=known)]
    form.require_different([option["id"] for option in options], "options")
    if not any(option["is_correct"] for option in options):
        form.refuse("No option is correct; mark at least one.", "options")
    return options


def _clean_option(row: Form) -> Data:
    option: Data = {
        "id": row.identifier("id"),
        "text": row.text("text", most=5000, required=True),
        "is_correct": row.flag("is_correct"),
    }
    weight = row.percentage("weight", least=-_HUNDRED)
    if weight is not None:
        option["weight"] = str(weight)
    if feedback := row.text("feedback", most=5000):
        option["feedback"] = feedback
    return option


def options_view(options: Sequence[Data], dice: Random | None) -> list[Data]:
    """Return what a learner sees of options, in the author's order or shuffled."""
    view = [{"id": option["id"], "text": option["text"]} for option in options]
    if dice is not None:
        dice.shuffle(view)
    return view


def worth_of(option: Data, *, share: Fraction = EVERYTHING) -> Fraction:
    """Return what choosing an option adds: its weight, else the share of a right one, taken away by a wrong one."""
    if "weight" in option:
        return Fraction(option["weight"]) / _HUNDRED
    return share if option["is_correct"] else -share


def chosen_option(form: Form, key: str, offered: Sequence[str]) -> str:
    """Return the id of the one option chosen at `key`; "" where none is."""
    value = form.entries.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or value not in offered:
        form.refuse("This option is not among what the question offers.", key)
    return value
