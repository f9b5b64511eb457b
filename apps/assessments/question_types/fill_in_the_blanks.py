"""Fill in the blanks: a text with gaps, each filled by typing or by choosing."""

import re
from collections.abc import Sequence
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
from apps.assessments.question_types.multiple_choice import chosen_option, clean_options, options_view, worth_of
from apps.assessments.question_types.text_keys import (
    ENTRIES,
    LONGEST_ANSWER,
    clean_text_key,
    grade_text,
    response_of,
)

_GAP: Final = re.compile(r"\{\{([A-Za-z0-9_.:-]{1,64})\}\}")
_MOST_GAPS: Final = 50


class FillInTheBlanks:
    """Each gap counts an equal share of the points, in part where its variant or option has a weight.

    A gap never takes from the others, unless `negative_marks` is set: then a wrong option takes its gap's share away.
    """

    name = "fill_in_the_blanks"
    description = (
        "`text` with gaps as `{{id}}`; `gaps`, one for each: `id` and either `accepted`, `case_sensitive`, "
        "`typo_tolerance` as in a short answer, or `options` as in multiple choice; `negative_marks`. "
        "Answer: `gaps`, by id the text, or the id of the option."
    )
    example_text = "Fill the gaps."
    example = {
        "text": "Water boils at {{degrees}} degrees Celsius at {{where}}.",
        "gaps": [
            {"id": "degrees", "accepted": [{"text": "100"}, {"text": "a hundred"}]},
            {
                "id": "where",
                "options": [
                    {"id": "sea", "text": "sea level", "is_correct": True},
                    {"id": "top", "text": "the top of Mount Everest", "feedback": "The pressure is lower there."},
                ],
            },
        ],
    }
    answer_example = {"gaps": {"degrees": "100", "where": "sea"}}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("text", "gaps", "negative_marks"))
        text = form.text("text", most=20_000, required=True)
        rows = form.objects("gaps", least=1, most=_MOST_GAPS, known=("id", "options", *ENTRIES))
        gaps = [self._gap(row) for row in rows]
        form.require_different([gap["id"] for gap in gaps], "gaps")
        places = _GAP.findall(text)
        form.require_different(places, "text")
        by_id = {gap["id"]: gap for gap in gaps}
        for place in places:
            if place not in by_id:
                form.refuse(f"The text has a gap {place!r} that is not among the gaps.", "text")
        for index, gap in enumerate(gaps):
            if gap["id"] not in places:
                form.refuse(f"The text has no place for it; write {{{{{gap['id']}}}}} there.", f"gaps.{index}.id")
        return {
            "text": text,
            "gaps": [by_id[place] for place in places],
            "negative_marks": form.flag("negative_marks"),
        }

    def _gap(self, row: Form) -> Data:
        name = row.identifier("id")
        if "options" not in row.entries:
            return {"id": name, **clean_text_key(row)}
        for entry in ENTRIES:
            if entry in row.entries:
                row.refuse("A gap with options is chosen, not typed; leave this out, or the options.", entry)
        return {"id": name, "options": clean_options(row)}

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        gaps: list[Data] = []
        for gap in data["gaps"]:
            chosen = {"options": options_view(gap["options"], dice)} if "options" in gap else {}
            gaps.append({"id": gap["id"], **chosen})
        return {"text": data["text"], "gaps": gaps}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("gaps",))
        offered = {gap["id"]: gap.get("options") for gap in view["gaps"]}
        gaps = form.child("gaps", known=list(offered))
        filled: Data = {}
        for name in sorted(gaps.entries):
            options = offered[name]
            if options is None:
                value = gaps.text(name, most=LONGEST_ANSWER)
            else:
                value = chosen_option(gaps, name, [option["id"] for option in options])
            if value.strip():
                filled[name] = value
        return {"gaps": filled} if filled else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        filled = answer["gaps"]
        grades = [self._grade_gap(gap, filled[gap["id"]]) for gap in data["gaps"] if gap["id"] in filled]
        least = -EVERYTHING if data["negative_marks"] else NOTHING
        worth = sum((max(least, grade.fraction) for grade in grades), start=NOTHING)
        feedback = tuple(text for grade in grades for text in grade.feedback)
        return Grade(worth / len(data["gaps"]), feedback)

    def _grade_gap(self, gap: Data, value: str) -> Grade:
        if "options" not in gap:
            return grade_text(gap, value)
        chosen = next((option for option in gap["options"] if option["id"] == value), None)
        if chosen is None:
            return grade_blank()
        return Grade(worth_of(chosen), (chosen["feedback"],) if "feedback" in chosen else ())

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        filled = answer["gaps"] if answer else {}
        keys = []
        for gap in data["gaps"]:
            if gap["id"] in filled:
                value = filled[gap["id"]]
                keys.append(f"{gap['id']}:{value if 'options' in gap else response_of(gap, value)}")
        return tuple(keys)
