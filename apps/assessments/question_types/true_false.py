"""True or false."""

from collections.abc import Sequence
from random import Random
from typing import Any

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


class TrueFalse:
    """A statement that holds or does not. With `negative_marks` the wrong answer takes the points away."""

    name = "true_false"
    description = (
        "`correct`: true or false; perhaps `feedback` with a text for `true` and one for `false`, said to whoever "
        "answers so; `negative_marks`: the wrong answer takes the points away. Answer: `value`."
    )
    example_text = "A tuple can be changed after it was made."
    example = {"correct": False, "feedback": {"true": "Try `t[0] = 1`.", "false": "Right: it is immutable."}}
    answer_example = {"value": False}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("correct", "feedback", "negative_marks"))
        if "correct" not in form.entries:
            form.refuse("Say whether the statement is true or false.", "correct")
        feedback = form.child("feedback", known=("true", "false"))
        said = {key: feedback.text(key, most=5000) for key in ("true", "false")}
        return {
            "correct": form.flag("correct"),
            "feedback": {key: text for key, text in said.items() if text},
            "negative_marks": form.flag("negative_marks"),
        }

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del data, dice
        return {}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        del view
        form = Form(answer, InvalidAnswer, known=("value",))
        if form.entries.get("value") is None:
            return None
        return {"value": form.flag("value")}

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        said = data["feedback"].get(_name(answer["value"]))
        feedback = (said,) if said else ()
        if answer["value"] == data["correct"]:
            return Grade(EVERYTHING, feedback)
        return Grade(-EVERYTHING if data["negative_marks"] else NOTHING, feedback)

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return (_name(answer["value"]),) if answer else ()


def _name(value: object) -> str:
    return "true" if value else "false"
