"""Code: a program as text. It is never run here: a person grades, or the outputs that the learner declares do."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any, Final
from unicodedata import normalize

from apps.assessments.question_types.base import Data, Grade, InvalidAnswer, InvalidQuestion, grade_blank
from apps.assessments.question_types.forms import Form

MOST_CHARACTERS: Final = 100_000
_LONGEST_OUTPUT: Final = 10_000
_MOST_CASES: Final = 50
_LONGEST_RESPONSE: Final = 100


class Code:
    """A program in a language. With `cases`, learners run it on each `input` themselves and enter what it printed.

    Each case counts an equal share. Outputs are compared line by line, without white space at the ends of lines and
    empty lines at the end. Without cases a person grades.
    """

    name = "code"
    description = (
        "`language`; `starter_code`; `cases` of `id`, `input`, `expected_output`, and perhaps `feedback`, said to "
        "whoever entered another output. Nothing is executed: learners enter what their program printed, and each "
        "case counts a share; without cases a person grades. Answer: `code`, and `outputs` by id of the case."
    )
    example_text = "Write a program that prints the sum of the numbers on its input."
    example = {
        "language": "python",
        "starter_code": "import sys\n",
        "cases": [{"id": "small", "input": "1 2 3", "expected_output": "6", "feedback": "Add them up by hand."}],
    }
    answer_example = {
        "code": "import sys\nprint(sum(int(number) for number in sys.stdin.read().split()))\n",
        "outputs": {"small": "6"},
    }

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("language", "starter_code", "cases"))
        rows = form.objects("cases", least=0, most=_MOST_CASES, known=("id", "input", "expected_output", "feedback"))
        cases = [self._case(row) for row in rows]
        form.require_different([case["id"] for case in cases], "cases")
        return {
            "language": form.text("language", most=50, required=True),
            "starter_code": form.text("starter_code", most=MOST_CHARACTERS),
            "cases": cases,
        }

    def _case(self, row: Form) -> Data:
        case: Data = {
            "id": row.identifier("id"),
            "input": row.text("input", most=_LONGEST_OUTPUT),
            "expected_output": row.text("expected_output", most=_LONGEST_OUTPUT, required=True),
        }
        if feedback := row.text("feedback", most=5000):
            case["feedback"] = feedback
        return case

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del dice
        return {
            "language": data["language"],
            "starter_code": data["starter_code"],
            "cases": [{"id": case["id"], "input": case["input"]} for case in data["cases"]],
        }

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("code", "outputs") if view["cases"] else ("code",))
        code = form.text("code", most=MOST_CHARACTERS)
        outputs = form.child("outputs", known=[case["id"] for case in view["cases"]])
        entered = {name: outputs.text(name, most=_LONGEST_OUTPUT) for name in sorted(outputs.entries)}
        entered = {name: text for name, text in entered.items() if text.strip()}
        if not entered:
            return {"code": code} if code.strip() else None
        return {"code": code, "outputs": entered}

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        if not data["cases"]:
            return None
        outputs = answer.get("outputs", {})
        entered = [case for case in data["cases"] if case["id"] in outputs]
        wrong = [case for case in entered if _lines(outputs[case["id"]]) != _lines(case["expected_output"])]
        feedback = tuple(case["feedback"] for case in wrong if "feedback" in case)
        return Grade(Fraction(len(entered) - len(wrong), len(data["cases"])), feedback)

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        if answer is None:
            return ()
        outputs = answer.get("outputs", {})
        entered = [case["id"] for case in data["cases"] if case["id"] in outputs]
        keys = (f"{name}:{' '.join(outputs[name].split())[:_LONGEST_RESPONSE]}" for name in entered)
        return ("answered", *keys)


def _lines(output: str) -> list[str]:
    return [line.rstrip() for line in normalize("NFC", output).rstrip().splitlines()]
