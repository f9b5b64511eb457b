"""What holds for every question type, whatever the question and the answer."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.assessments.question_types import QUESTION_TYPES, InvalidAnswer, InvalidQuestion, question_type, solution_of
from apps.assessments.tests.question_types.answers import answers_to, full_answer
from apps.assessments.tests.question_types.strategies import JSON, TWINS, Data, mutations

BY_HAND = {"essay", "file_upload"}
every_type = pytest.mark.parametrize("name", sorted(QUESTION_TYPES))
# How fast examples are made says how busy the machine is, nothing about the question types.
unhurried = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def _question(name: str, data: st.DataObject) -> tuple[Any, Data]:
    kind = question_type(name)
    return kind, kind.clean(data.draw(TWINS[name])[0])


def _answered(name: str, data: st.DataObject) -> tuple[Any, Data, Data | None]:
    kind, question = _question(name, data)
    view = kind.learner_view(question, None)
    return kind, question, kind.clean_answer(view, data.draw(answers_to(name, view, question)))


@every_type
@unhurried
@given(data=st.data())
def test_cleaning_again_changes_nothing(name: str, data: st.DataObject) -> None:
    kind, question = _question(name, data)

    assert kind.clean(question) == question
    assert json.loads(json.dumps(question)) == question


@every_type
def test_the_example_is_clean_and_its_answer_is_worth_everything(name: str) -> None:
    kind = question_type(name)
    question = kind.clean(kind.example)
    answer = kind.clean_answer(kind.learner_view(question, Random(7)), kind.answer_example)

    grade = kind.grade(question, answer)

    assert kind.clean(question) == question
    assert answer is not None
    assert (grade is None) if name in BY_HAND else (grade is not None and grade.fraction == 1)
    assert kind.example_text
    assert kind.description


@every_type
@unhurried
@given(data=st.data())
def test_a_blank_answer_is_worth_nothing(name: str, data: st.DataObject) -> None:
    kind, question = _question(name, data)

    assert kind.clean_answer(kind.learner_view(question, None), {}) is None
    assert kind.grade(question, None).fraction == 0
    assert kind.grade(question, None).feedback == ()
    assert kind.responses(question, None) == ()


@every_type
@unhurried
@given(data=st.data())
def test_the_right_answer_is_worth_everything(name: str, data: st.DataObject) -> None:
    kind, question = _question(name, data)
    right = full_answer(name, question)

    if right is not None:
        answer = kind.clean_answer(kind.learner_view(question, None), right)
        assert kind.grade(question, answer).fraction == 1


@every_type
@unhurried
@given(data=st.data())
def test_grades_are_bounded(name: str, data: st.DataObject) -> None:
    kind, question, answer = _answered(name, data)

    grade = kind.grade(question, answer)

    if grade is not None:
        assert (-1 if question.get("negative_marks") else 0) <= grade.fraction <= 1


@every_type
@unhurried
@given(data=st.data(), seed=st.integers())
def test_grading_does_not_depend_on_order(name: str, data: st.DataObject, seed: int) -> None:
    kind, question, answer = _answered(name, data)
    dice = Random(seed)
    turned = kind.clean(_turned(question, dice, fixed={"items"} if name == "ordering" else set()))
    view = kind.learner_view(turned, dice)

    other = kind.clean_answer(view, _turned(answer, dice, fixed={"order"}) if answer else {})

    assert _comparable(kind.grade(turned, other)) == _comparable(kind.grade(question, answer))
    assert sorted(kind.responses(turned, other)) == sorted(kind.responses(question, answer))


def _turned(value: Any, dice: Random, fixed: set[str]) -> Any:
    """Return the same with its lists in another order, except those where the order is the point."""
    if isinstance(value, dict):
        keys = dice.sample(sorted(value), len(value))
        return {key: value[key] if key in fixed else _turned(value[key], dice, fixed) for key in keys}
    if isinstance(value, list):
        return [_turned(entry, dice, fixed) for entry in dice.sample(value, len(value))]
    return value


def _comparable(grade: Any) -> Any:
    return grade and (grade.fraction, sorted(grade.feedback))


@every_type
@unhurried
@given(data=st.data(), seed=st.none() | st.integers())
def test_questions_that_differ_in_their_keys_alone_look_the_same(
    name: str, data: st.DataObject, seed: int | None
) -> None:
    kind = question_type(name)
    first, second = (kind.clean(twin) for twin in data.draw(TWINS[name]))
    one, other = (None if seed is None else Random(seed) for _ in range(2))

    view = json.dumps(kind.learner_view(first, one))

    assert view == json.dumps(kind.learner_view(second, other))
    # What the next question on the paper is shuffled with tells nothing either.
    assert one is None or other is None or one.getstate() == other.getstate()


@every_type
@unhurried
@given(data=st.data())
def test_a_shown_solution_says_nothing_to_answers(name: str, data: st.DataObject) -> None:
    _, question = _question(name, data)

    shown = json.dumps(solution_of(question))

    assert not any(text in shown for text in ("Well done.", "Look again."))
    assert set(solution_of(question)) == set(question) - {"feedback"}


@every_type
@unhurried
@given(data=st.data())
def test_a_checked_answer_is_accepted_again_as_it_is(name: str, data: st.DataObject) -> None:
    kind, question, answer = _answered(name, data)
    view = kind.learner_view(question, Random(1))

    if answer is not None:
        assert kind.clean_answer(view, answer) == answer
        assert json.loads(json.dumps(answer)) == answer
        assert all(isinstance(key, str) and key for key in kind.responses(question, answer))


@every_type
@unhurried
@given(data=st.data())
def test_whatever_is_sent_as_a_question_is_cleaned_or_refused(name: str, data: st.DataObject) -> None:
    kind = question_type(name)
    sent = data.draw(JSON | mutations(dict(kind.example)))

    question, error = _tried(lambda: kind.clean(sent), InvalidQuestion)

    if error is None:
        assert kind.clean(question) == question
    else:
        assert error.field.startswith("type_specific_data")
        assert error.detail


@every_type
@unhurried
@given(data=st.data())
def test_whatever_is_sent_as_an_answer_is_graded_or_refused(name: str, data: st.DataObject) -> None:
    kind = question_type(name)
    question = kind.clean(kind.example)
    view = kind.learner_view(question, None)
    sent = data.draw(JSON | mutations(dict(kind.answer_example)))

    answer, error = _tried(lambda: kind.clean_answer(view, sent), InvalidAnswer)

    if error is None:
        assert kind.clean_answer(view, answer or {}) == answer
        kind.grade(question, answer)
        kind.responses(question, answer)
    else:
        assert error.detail


def _tried(call: Callable[[], Any], refusal: type[Exception]) -> tuple[Any, Any]:
    """Return what the call returns, or the one error that it may raise; any other one passes, and fails the test."""
    try:
        return call(), None
    except refusal as error:
        return None, error
