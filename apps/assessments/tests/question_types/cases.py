"""Tables of what each question type refuses, and where it points."""

from typing import Any

import pytest

from apps.assessments.question_types import InvalidAnswer, InvalidQuestion, question_type


def refused(name: str, data: Any, field: str | None, words: str) -> None:
    """Check that the question is refused with an error at `field` that says `words`."""
    with pytest.raises(InvalidQuestion) as caught:
        question_type(name).clean(data)

    assert caught.value.field == (f"type_specific_data.{field}" if field else "type_specific_data")
    assert words in caught.value.detail


def answer_refused(name: str, data: Any, answer: Any, field: str | None, words: str) -> None:
    """Check that the answer to the question is refused with an error at `field` that says `words`."""
    kind = question_type(name)
    view = kind.learner_view(kind.clean(data), None)

    with pytest.raises(InvalidAnswer) as caught:
        kind.clean_answer(view, answer)

    assert caught.value.field == (field or "answers")
    assert words in caught.value.detail


def worth(name: str, data: Any, answer: Any) -> Any:
    """Return the grade of an answer as a client sends it."""
    kind = question_type(name)
    question = kind.clean(data)
    return kind.grade(question, kind.clean_answer(kind.learner_view(question, None), answer))


def share(name: str, data: Any, answer: Any) -> Any:
    """Return the exact fraction that an answer is worth."""
    return worth(name, data, answer).fraction


def counted(name: str, data: Any, answer: Any) -> list[str]:
    """Return under which keys statistics count an answer."""
    kind = question_type(name)
    question = kind.clean(data)
    return list(kind.responses(question, kind.clean_answer(kind.learner_view(question, None), answer)))
