"""Multiple choice, and true or false."""

from fractions import Fraction
from typing import Any

import pytest

from apps.assessments.question_types import InvalidQuestion, question_type
from apps.assessments.tests.question_types.cases import answer_refused, counted, refused, share, worth

A = {"id": "a", "text": "One", "is_correct": True}
B = {"id": "b", "text": "Two", "is_correct": True}
C = {"id": "c", "text": "Three"}
D = {"id": "d", "text": "Four"}


def test_an_unknown_type_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidQuestion) as caught:
        question_type("riddle")

    assert caught.value.code == "unknown_question_type"
    assert "multiple_choice, true_false, short_answer" in caught.value.detail


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (None, None, "Enter an object."),
        ([], None, "Enter an object."),
        ({"option": []}, "option", "There is no entry 'option' here"),
        ({}, "options", "list of 2 to 50"),
        ({"options": "ab"}, "options", "list of 2 to 50"),
        ({"options": [A, 7]}, "options.1", "Enter an object."),
        ({"options": [A, {**C, "id": "a"}]}, "options", "'a' comes twice"),
        ({"options": [A, {**C, "id": "a b"}]}, "options.1.id", "Enter an id"),
        ({"options": [A, {**C, "text": " "}]}, "options.1.text", "may not be empty"),
        ({"options": [A, {**C, "text": None}]}, "options.1.text", "Enter text."),
        ({"options": [A, {**C, "text": "\x00"}]}, "options.1.text", "cannot be stored"),
        ({"options": [A, {**C, "text": "x" * 5001}]}, "options.1.text", "at most 5000 characters; these are 5001"),
        ({"options": [A, {**C, "is_correct": 1}]}, "options.1.is_correct", "true or false"),
        ({"options": [A, {**C, "weight": 101}]}, "options.1.weight", "per cent from -100 to 100"),
        ({"options": [A, {**C, "weight": "much"}]}, "options.1.weight", "Enter a number"),
        ({"options": [A, {**C, "weight": True}]}, "options.1.weight", "Enter a number"),
        ({"options": [A, {**C, "weight": "1e-999999999"}]}, "options.1.weight", "Enter a number"),
        ({"options": [A, {**C, "weight": "1" * 101}]}, "options.1.weight", "Enter a number"),
        ({"options": [A, {**C, "weight": 10**5000}]}, "options.1.weight", "Enter a number"),
        ({"options": [C, D]}, "options", "No option is correct"),
        ({"options": [A, C], "multiple": "yes"}, "multiple", "true or false"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused_where_it_is_wrong(data: Any, field: str | None, words: str) -> None:
    refused("multiple_choice", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        ("a", None, "Enter an object."),
        ({"selected": "a"}, "selected", "There is no entry"),
        ({"selected_option_id": "z"}, "selected_option_id", "not among what the question offers"),
        ({"selected_option_id": ["a"]}, "selected_option_id", "not among what the question offers"),
        ({"selected_option_ids": ["a", "c"]}, "selected_option_ids", "One option only"),
        ({"selected_option_ids": ["z"]}, "selected_option_ids", "not among"),
        ({"selected_option_ids": ["a", "a"]}, "selected_option_ids", "'a' comes twice"),
        ({"selected_option_ids": "a"}, "selected_option_ids", "Enter a list"),
    ],
)
def test_a_chosen_option_that_is_not_offered_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("multiple_choice", {"options": [A, C]}, answer, field, words)


@pytest.mark.parametrize(
    ("chosen", "negative_marks", "expected"),
    [
        (["a", "b"], False, Fraction(1)),
        (["a"], False, Fraction(1, 2)),
        (["a", "c"], False, Fraction(0)),
        (["c", "d"], False, Fraction(0)),
        (["c", "d"], True, Fraction(-1)),
        (["a", "b", "c"], True, Fraction(1, 2)),
    ],
)
def test_of_several_right_options_each_counts_a_share(
    chosen: list[str], negative_marks: bool, expected: Fraction
) -> None:
    data = {"options": [A, B, C, D], "negative_marks": negative_marks}

    assert share("multiple_choice", data, {"selected_option_ids": chosen}) == expected


def test_a_weight_overrules_the_share_and_feedback_is_of_the_chosen_options() -> None:
    data = {"options": [A, {**C, "weight": "33.3", "feedback": "Nearly."}, {**D, "feedback": "No."}]}

    grade = worth("multiple_choice", data, {"selected_option_id": "c"})

    assert (grade.fraction, grade.feedback) == (Fraction(333, 1000), ("Nearly.",))
    assert counted("multiple_choice", data, {"selected_option_id": "c"}) == ["c"]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (7, None, "Enter an object."),
        ({}, "correct", "whether the statement is true or false"),
        ({"correct": "true"}, "correct", "Enter true or false."),
        ({"correct": True, "feedback": "x"}, "feedback", "Enter an object."),
        ({"correct": True, "feedback": {"yes": "x"}}, "feedback.yes", "There is no entry"),
        ({"correct": True, "feedback": {"true": 7}}, "feedback.true", "Enter text."),
        ({"correct": True, "negative_marks": 1}, "negative_marks", "Enter true or false."),
    ],
)
def test_a_statement_that_does_not_fit_is_refused(data: Any, field: str | None, words: str) -> None:
    refused("true_false", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field"), [("true", None), ({"value": "true"}, "value"), ({"value": 1}, "value"), ({"x": True}, "x")]
)
def test_a_statement_is_answered_with_true_or_false(answer: Any, field: str | None) -> None:
    answer_refused("true_false", {"correct": True}, answer, field, "")


@pytest.mark.parametrize(
    ("value", "negative_marks", "expected", "feedback"),
    [(True, False, 1, ("Yes.",)), (False, False, 0, ()), (False, True, -1, ()), (None, True, 0, ())],
)
def test_a_statement_is_right_or_wrong(
    value: bool | None, negative_marks: bool, expected: int, feedback: tuple[str, ...]
) -> None:
    data = {"correct": True, "feedback": {"true": "Yes."}, "negative_marks": negative_marks}

    grade = worth("true_false", data, {"value": value})

    assert (grade.fraction, grade.feedback) == (expected, feedback)
    assert counted("true_false", data, {"value": value}) == ([] if value is None else [str(value).lower()])
