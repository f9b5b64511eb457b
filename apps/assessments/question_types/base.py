"""The interface of a question type, and what its module needs to check payloads and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any, Final, Protocol, TypeAlias

from apps.core.errors import InvalidInput

Data: TypeAlias = dict[str, Any]
NOTHING: Final = Fraction(0)
EVERYTHING: Final = Fraction(1)


class InvalidQuestion(InvalidInput):
    """`type_specific_data` does not fit the question's type; `field` is the entry's path below it."""

    code = "invalid_question"
    default_field = "type_specific_data"

    def __init__(self, detail: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(detail, field=f"type_specific_data.{field}" if field else None)
        if code:
            self.code = code  # type: ignore[misc]  # one class, many pointed codes


class InvalidAnswer(InvalidInput):
    """An answer has not the form that the question's type asks for; `field` is its path below the answer."""

    code = "invalid_answer"
    default_field = "answers"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail, field=field)


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth.

    `fraction`: of the question's points, exact, from -1 to 1; below 0 only where the question takes marks away.
    `feedback`: what the key says to this answer, in the order of the options.
    """

    fraction: Fraction
    feedback: Sequence[str] = field(default_factory=tuple)


class QuestionType(Protocol):
    """A kind of question. Every method is pure: same arguments, same answer."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def example(self) -> Mapping[str, Any]:
        """A valid `type_specific_data`, for the API's documentation."""
        ...

    @property
    def example_text(self) -> str:
        """The `question_text` that goes with `example`."""
        ...

    @property
    def answer_example(self) -> Mapping[str, Any]:
        """A fully correct answer to `example`, or any answer where a person grades."""
        ...

    def clean(self, data: Any) -> Data:
        """Return the checked `type_specific_data`; raise InvalidQuestion with a pointed field."""
        ...

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        """Return what a learner may see: nothing in it tells a solution, not even by its order or by its length.

        Args:
            data: as `clean` returned it.
            dice: what the options are shuffled with; None: as the author ordered them. Lists whose order would tell
                the solution (matching, ordering) are shuffled in any case, then by their content alone.
        """
        ...

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        """Return the checked answer, None for a blank one; raise InvalidAnswer.

        Args:
            view: the question as it stands on the learner's paper.
            answer: what the client sent. Its form is checked, never whether it is right.
        """
        ...

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        """Return what the answer is worth; None where a person has to say."""
        ...

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        """Return the keys under which statistics count the answer (the options chosen); () for a blank one."""
        ...


def grade_blank() -> Grade:
    """Return what no answer is worth."""
    return Grade(NOTHING)


def solution_of(data: Any) -> Any:
    """Return `type_specific_data` without what it says to answers: feedback is shown on its own terms.

    Every type keeps it under `feedback`, wherever in its data.
    """
    if isinstance(data, dict):
        return {key: solution_of(value) for key, value in data.items() if key != "feedback"}
    return [solution_of(entry) for entry in data] if isinstance(data, list) else data
