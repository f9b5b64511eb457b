"""Numeric: an exact number, within a tolerance, perhaps with a unit."""

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction
from random import Random
from typing import Any, Final
from unicodedata import normalize

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

_MOST_UNITS: Final = 30
_LONGEST_UNIT: Final = 50
_HUNDRED: Final = 100
_LONGEST_PLAIN: Final = 20
_ALL_DIGITS: Final = Context(prec=100)
_OUTCOMES: Final = ("correct", "missing_unit", "incorrect")


class Numeric:
    """A number that may be off by the larger of both tolerances, computed exactly.

    `units` name each accepted unit with the factor that brings a value in it to the unit of `correct`: to 9.81 m/s²,
    `{"unit": "cm/s²", "factor": "0.01"}`. A number that is right in the unit of `correct` but has none is worth
    `missing_unit_percentage`. Learners are asked for a unit, never shown which.
    """

    name = "numeric"
    description = (
        "`correct`; `absolute_tolerance` and `relative_tolerance_percentage`, of which the larger holds; `units` of "
        "`unit` and `factor` (value x factor is in the unit of `correct`, which has factor 1); "
        "`missing_unit_percentage`: what a right number without unit is worth; `feedback` with texts for `correct`, "
        "`missing_unit` and `incorrect`. Numbers are exact, also as text. Answer: `value`, and `unit` where asked."
    )
    example_text = "What is the acceleration of free fall at sea level?"
    example = {
        "correct": "9.81",
        "absolute_tolerance": "0.02",
        "units": [{"unit": "m/s²", "factor": "1"}, {"unit": "cm/s²", "factor": "0.01"}],
        "missing_unit_percentage": "50",
        "feedback": {"missing_unit": "A number without a unit is not an acceleration."},
    }
    answer_example = {"value": "981", "unit": "cm/s²"}

    def clean(self, data: Any) -> Data:
        form = Form(
            data,
            InvalidQuestion,
            known=(
                "correct", "absolute_tolerance", "relative_tolerance_percentage", "units", "missing_unit_percentage",
                "feedback",
            ),
        )  # fmt: skip
        absolute = form.number("absolute_tolerance") or Decimal(0)
        if absolute < 0:
            form.refuse("A tolerance is 0 or more.", "absolute_tolerance")
        said = form.child("feedback", known=_OUTCOMES)
        texts = {outcome: said.text(outcome, most=5000) for outcome in _OUTCOMES}
        return {
            "correct": str(form.exact("correct")),
            "absolute_tolerance": str(absolute),
            "relative_tolerance_percentage": str(form.percentage("relative_tolerance_percentage") or Decimal(0)),
            "units": self._units(form),
            "missing_unit_percentage": str(form.percentage("missing_unit_percentage") or Decimal(0)),
            "feedback": {outcome: text for outcome, text in texts.items() if text},
        }

    def _units(self, form: Form) -> list[Data]:
        units = []
        for row in form.objects("units", least=0, most=_MOST_UNITS, known=("unit", "factor")):
            factor = row.exact("factor")
            if factor <= 0:
                row.refuse("Enter a factor above 0.", "factor")
            units.append({"unit": row.text("unit", most=_LONGEST_UNIT, required=True), "factor": str(factor)})
        form.require_different([_same(unit["unit"]) for unit in units], "units")
        if units and not any(Decimal(unit["factor"]) == 1 for unit in units):
            form.refuse("No unit has factor 1; one of them is the unit of the correct value.", "units")
        return units

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del dice
        return {"asks_unit": bool(data["units"])}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("value", "unit"))
        unit = form.text("unit", most=_LONGEST_UNIT).strip()
        if unit and not view["asks_unit"]:
            form.refuse("The question asks for no unit; leave it out.", "unit")
        value = form.entries.get("value")
        if value is None or (isinstance(value, str) and not value.strip()):
            if unit:
                form.refuse("Enter the number as well.", "value")
            return None
        cleaned = {"value": str(form.exact("value"))}
        return {**cleaned, "unit": unit} if unit else cleaned

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        if answer is None:
            return grade_blank()
        factor = self._factor(data, answer)
        is_right = factor is not None and _is_near(data, Fraction(answer["value"]) * factor)
        outcome = "correct" if is_right else "incorrect"
        worth = EVERYTHING if is_right else NOTHING
        if is_right and data["units"] and "unit" not in answer:
            outcome = "missing_unit"
            worth = Fraction(data["missing_unit_percentage"]) / _HUNDRED
        said = data["feedback"].get(outcome)
        return Grade(worth, (said,) if said else ())

    def _factor(self, data: Data, answer: Data) -> Fraction | None:
        if not data["units"] or "unit" not in answer:
            return EVERYTHING
        factors = {_same(unit["unit"]): Fraction(unit["factor"]) for unit in data["units"]}
        return factors.get(_same(answer["unit"]))

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        if answer is None:
            return ()
        value = Decimal(answer["value"]).normalize(_ALL_DIGITS)
        number = format(value, "f") if abs(value.adjusted()) <= _LONGEST_PLAIN else str(value)
        return (f"{number} {_same(answer['unit'])}" if "unit" in answer else number,)


def _same(unit: str) -> str:
    """Return a unit as it is compared: white space left out; case counts, for mW is not MW."""
    return "".join(normalize("NFC", unit).split())


def _is_near(data: Data, value: Fraction) -> bool:
    correct = Fraction(data["correct"])
    relative = abs(correct) * Fraction(data["relative_tolerance_percentage"]) / _HUNDRED
    return abs(value - correct) <= max(Fraction(data["absolute_tolerance"]), relative)
