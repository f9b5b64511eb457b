"""Essay: a long text that a person grades."""

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from apps.assessments.question_types.base import Data, Grade, InvalidAnswer, InvalidQuestion, grade_blank
from apps.assessments.question_types.forms import Form

MOST_CHARACTERS: Final = 200_000
_MOST_WORDS: Final = 20_000


class Essay:
    """A text with limits in words, where a word is what white space separates.

    A text above the most words is refused with a pointed error: what was saved before stays. One below the least is
    kept, since it may be on its way, or all that there was time for; who grades sees it.
    """

    name = "essay"
    description = (
        "`min_words` and `max_words`, both optional and shown to learners: more than `max_words` is refused, fewer "
        "than `min_words` is kept. A person grades. Answer: `text`."
    )
    example_text = "When would you choose composition over inheritance?"
    example = {"min_words": 100, "max_words": 500}
    answer_example = {"text": "Composition keeps what changes apart from what stays, and so it is the better choice…"}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("min_words", "max_words"))
        least = form.integer("min_words", least=1, most=_MOST_WORDS)
        most = form.integer("max_words", least=1, most=_MOST_WORDS)
        if least is not None and most is not None and most < least:
            form.refuse(f"This is below min_words, {least}.", "max_words")
        return {"min_words": least, "max_words": most}

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del dice
        return {"min_words": data["min_words"], "max_words": data["max_words"]}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("text",))
        text = form.text("text", most=MOST_CHARACTERS)
        words, most = len(text.split()), view["max_words"]
        if most is not None and words > most:
            form.refuse(f"Write at most {most} words; these are {words}. What you saved before is kept.", "text")
        return {"text": text} if words else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        del data
        return None if answer else grade_blank()

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return ("answered",) if answer else ()
