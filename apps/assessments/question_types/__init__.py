"""Question types as plug-ins: one module each, registered here.

To add one: write its module with a class that fits `QuestionType`, and name it in `_TYPES`.
"""

from collections.abc import Mapping
from typing import Final

from apps.assessments.question_types.base import (
    Data,
    Grade,
    InvalidAnswer,
    InvalidQuestion,
    QuestionType,
    solution_of,
)
from apps.assessments.question_types.code import Code
from apps.assessments.question_types.essay import Essay
from apps.assessments.question_types.file_upload import FileUpload
from apps.assessments.question_types.fill_in_the_blanks import FillInTheBlanks
from apps.assessments.question_types.matching import Matching
from apps.assessments.question_types.multiple_choice import MultipleChoice
from apps.assessments.question_types.numeric import Numeric
from apps.assessments.question_types.ordering import Ordering
from apps.assessments.question_types.short_answer import ShortAnswer
from apps.assessments.question_types.true_false import TrueFalse

__all__ = [
    "QUESTION_TYPES",
    "Data",
    "Grade",
    "InvalidAnswer",
    "InvalidQuestion",
    "QuestionType",
    "question_type",
    "solution_of",
]

_TYPES: Final[list[QuestionType]] = [
    MultipleChoice(),
    TrueFalse(),
    ShortAnswer(),
    Essay(),
    FillInTheBlanks(),
    Matching(),
    Ordering(),
    Numeric(),
    Code(),
    FileUpload(),
]
QUESTION_TYPES: Final[Mapping[str, QuestionType]] = {kind.name: kind for kind in _TYPES}


def question_type(name: str) -> QuestionType:
    """Return the type called `name`.

    Raises:
        InvalidQuestion: there is none (code `unknown_question_type`).
    """
    if name not in QUESTION_TYPES:
        message = f"There is no question type {name[:30]!r}; there are {', '.join(QUESTION_TYPES)}."
        raise InvalidQuestion(message, code="unknown_question_type")
    return QUESTION_TYPES[name]
