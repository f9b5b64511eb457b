"""Numbers, code, and files."""

from fractions import Fraction
from typing import Any

import pytest

from apps.assessments.tests.question_types.cases import answer_refused, counted, refused, share, worth

GRAVITY: dict[str, Any] = {
    "correct": "9.81",
    "absolute_tolerance": "0.02",
    "units": [{"unit": "m/s²", "factor": 1}, {"unit": "cm/s²", "factor": "0.01"}],
    "missing_unit_percentage": 25,
    "feedback": {"correct": "Yes.", "missing_unit": "Which unit?", "incorrect": "No."},
}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (9.81, None, "Enter an object."),
        ({}, "correct", "Enter a number"),
        ({"correct": "9,81"}, "correct", "Enter a number such as 0.25"),
        ({"correct": "NaN"}, "correct", "Enter a number"),
        ({"correct": float("inf")}, "correct", "Enter a number"),
        ({"correct": "1e401"}, "correct", "Enter a number"),
        ({"correct": 10**50}, "correct", "Enter a number"),
        ({"correct": "1" * 51}, "correct", "at most 50 digits"),
        ({"correct": []}, "correct", "Enter a number"),
        ({"correct": 1, "absolute_tolerance": -1}, "absolute_tolerance", "0 or more"),
        ({"correct": 1, "relative_tolerance_percentage": 101}, "relative_tolerance_percentage", "from 0 to 100"),
        ({"correct": 1, "missing_unit_percentage": -1}, "missing_unit_percentage", "from 0 to 100"),
        ({"correct": 1, "units": [{"unit": "m"}]}, "units.0.factor", "Enter a number"),
        ({"correct": 1, "units": [{"unit": "m", "factor": 0}]}, "units.0.factor", "above 0"),
        ({"correct": 1, "units": [{"unit": " ", "factor": 1}]}, "units.0.unit", "may not be empty"),
        ({"correct": 1, "units": [{"unit": "m", "factor": 2}]}, "units", "No unit has factor 1"),
        ({"correct": 1, "units": [{"unit": u, "factor": 1} for u in ("k m", "km")]}, "units", "'km' comes twice"),
        ({"correct": 1, "feedback": {"right": "x"}}, "feedback.right", "There is no entry"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(data: Any, field: str | None, words: str) -> None:
    refused("numeric", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        ("981", None, "Enter an object."),
        ({"value": "fast"}, "value", "Enter a number"),
        ({"value": True}, "value", "Enter a number"),
        ({"value": "1e-999999999"}, "value", "Enter a number"),
        ({"unit": "m/s²"}, "value", "Enter the number as well."),
        ({"value": 1, "unit": 7}, "unit", "Enter text."),
        ({"value": 1, "unit": "x" * 51}, "unit", "at most 50"),
        ({"number": 1}, "number", "There is no entry"),
    ],
)
def test_an_answer_that_is_no_number_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("numeric", GRAVITY, answer, field, words)


def test_a_unit_that_nobody_asked_for_is_refused() -> None:
    answer_refused("numeric", {"correct": 1}, {"value": 1, "unit": "m"}, "unit", "asks for no unit")


@pytest.mark.parametrize(
    ("answer", "expected", "feedback"),
    [
        ({"value": "9.81", "unit": "m/s²"}, Fraction(1), ("Yes.",)),
        ({"value": 9.83, "unit": "m/s²"}, Fraction(1), ("Yes.",)),
        ({"value": "9.8300001", "unit": "m/s²"}, Fraction(0), ("No.",)),
        ({"value": 981, "unit": " cm / s² "}, Fraction(1), ("Yes.",)),
        ({"value": 981, "unit": "m/s²"}, Fraction(0), ("No.",)),
        ({"value": "9.81", "unit": "M/S²"}, Fraction(0), ("No.",)),
        ({"value": "9.81"}, Fraction(1, 4), ("Which unit?",)),
        ({"value": "9.81", "unit": " "}, Fraction(1, 4), ("Which unit?",)),
        ({"value": "98.1"}, Fraction(0), ("No.",)),
        ({"value": " "}, Fraction(0), ()),
        ({"value": None}, Fraction(0), ()),
    ],
)
def test_a_number_is_right_within_its_tolerance_and_unit(
    answer: Any, expected: Fraction, feedback: tuple[str, ...]
) -> None:
    grade = worth("numeric", GRAVITY, answer)

    assert (grade.fraction, grade.feedback) == (expected, feedback)


@pytest.mark.parametrize(
    ("correct", "absolute", "relative", "value", "expected"),
    [
        ("0.3", 0, 0, 0.1 + 0.2, 0),
        ("0.3", 0, 0, "0.30", 1),
        ("200", "1", "1", "202", 1),
        ("200", "3", "1", "203", 1),
        ("-200", "1", "1", "-202", 1),
        ("200", 0, "1", "202.01", 0),
        ("0", 0, "100", "0.1", 0),
        ("2e30", 0, 0, 2e30, 1),
        ("6.62607015e-34", 0, "0.1", "6.626e-34", 1),
    ],
)
def test_the_larger_tolerance_holds_exactly(
    correct: str, absolute: Any, relative: Any, value: Any, expected: int
) -> None:
    data = {"correct": correct, "absolute_tolerance": absolute, "relative_tolerance_percentage": relative}

    assert share("numeric", data, {"value": value}) == expected


def test_numbers_are_counted_by_their_value() -> None:
    assert counted("numeric", GRAVITY, {"value": "9.810", "unit": "m / s²"}) == ["9.81 m/s²"]
    assert counted("numeric", GRAVITY, {"value": "1e2"}) == counted("numeric", GRAVITY, {"value": 100}) == ["100"]
    assert counted("numeric", GRAVITY, {"value": "60e-40"}) == ["6E-39"]


CASE = {"id": "small", "input": "1 2", "expected_output": "3\n4\n", "feedback": "Again."}
CODE: dict[str, Any] = {"language": "python", "cases": [CASE, {**CASE, "id": "large", "expected_output": "9"}]}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (None, None, "Enter an object."),
        ({}, "language", "Enter text."),
        ({"language": " "}, "language", "may not be empty"),
        ({"language": "x" * 51}, "language", "at most 50"),
        ({"language": "c", "starter_code": 7}, "starter_code", "Enter text."),
        ({"language": "c", "cases": [{"id": "a"}]}, "cases.0.expected_output", "Enter text."),
        ({"language": "c", "cases": [{**CASE, "expected_output": "\n"}]}, "cases.0.expected_output", "not be empty"),
        ({"language": "c", "cases": [{**CASE, "id": ""}]}, "cases.0.id", "Enter an id"),
        ({"language": "c", "cases": [CASE, CASE]}, "cases", "'small' comes twice"),
    ],
)
def test_code_that_does_not_fit_is_refused(data: Any, field: str | None, words: str) -> None:
    refused("code", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        ("print(3)", None, "Enter an object."),
        ({"code": 3}, "code", "Enter text."),
        ({"outputs": {"tiny": "3"}}, "outputs.tiny", "There is no entry"),
        ({"outputs": {"small": 3}}, "outputs.small", "Enter text."),
    ],
)
def test_an_answer_in_code_that_does_not_fit_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("code", CODE, answer, field, words)
    answer_refused("code", {"language": "c"}, {"outputs": {}}, "outputs", "There is no entry")


@pytest.mark.parametrize(
    ("outputs", "expected", "feedback"),
    [
        ({"small": "3\n4", "large": "9"}, Fraction(1), ()),
        ({"small": "3 \r\n4\n\n", "large": "8"}, Fraction(1, 2), ("Again.",)),
        ({"small": "3 4"}, Fraction(0), ("Again.",)),
        ({"small": "\n3\n4"}, Fraction(0), ("Again.",)),
        ({}, Fraction(0), ()),
    ],
)
def test_each_output_counts_its_share(outputs: Any, expected: Fraction, feedback: tuple[str, ...]) -> None:
    grade = worth("code", CODE, {"code": "print(3)", "outputs": outputs})

    assert (grade.fraction, grade.feedback) == (expected, feedback)


def test_code_without_declared_outputs_waits_for_a_person() -> None:
    assert worth("code", {"language": "c"}, {"code": "int main;"}) is None
    assert worth("code", {"language": "c"}, {"code": " "}).fraction == 0
    assert counted("code", CODE, {"code": "x", "outputs": {"small": "3\n 4", "large": " "}}) == [
        "answered",
        "small:3 4",
    ]


FILE = "0198c2f5-4d40-7f54-8d04-4e5f6a7b8c94"
OTHER = "0198c2f5-4d40-7f54-8d04-4e5f6a7b8c95"


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ([], None, "Enter an object."),
        ({"allowed_types": "pdf"}, "allowed_types", "Enter a list"),
        ({"allowed_types": ["image/*", "pdf"]}, "allowed_types.1", "Enter a media type"),
        ({"allowed_types": ["a/b", 7]}, "allowed_types.1", "Enter text."),
        ({"allowed_types": ["a/b", "a/b"]}, "allowed_types", "'a/b' comes twice"),
        ({"max_files": 0}, "max_files", "from 1 to 20"),
        ({"max_file_mb": 0.5}, "max_file_mb", "from 1 to 5000"),
    ],
)
def test_a_hand_in_that_does_not_fit_is_refused(data: Any, field: str | None, words: str) -> None:
    refused("file_upload", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        (FILE, None, "Enter an object."),
        ({"file": 7}, "file", "id of a file, as text"),
        ({"file": "report.pdf"}, "file", "id of a file that you uploaded"),
        ({"file": "\ud800"}, "file", "id of a file that you uploaded"),
        ({"files": FILE}, "files", "Enter a list of 0 to 2"),
        ({"files": [FILE, "x"]}, "files.1", "id of a file that you uploaded"),
        ({"files": [FILE, FILE.upper()]}, "files", "comes twice"),
        ({"files": [FILE, OTHER, FILE]}, "files", "Enter a list of 0 to 2"),
        ({"file": FILE, "files": [OTHER]}, "file", "not both"),
    ],
)
def test_what_is_no_file_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("file_upload", {"max_files": 2}, answer, field, words)


def test_files_wait_for_a_person() -> None:
    assert worth("file_upload", {}, {"file": FILE.upper()}) is None
    assert worth("file_upload", {"max_files": 2}, {"files": [FILE, OTHER]}) is None
    assert worth("file_upload", {}, {"files": []}).fraction == 0
    assert counted("file_upload", {}, {"file": FILE}) == ["answered"]
