"""Correcting the key of a question that stands on papers already: in place, without a change that a learner sees."""

from typing import Any

from django.db import transaction

from apps.assessments.models import KeyCorrection, Question, QuestionVersion
from apps.assessments.question_types import InvalidQuestion, question_type
from apps.core.policies import Actor, actor_id_of


class LearnerViewChanged(InvalidQuestion):
    """The correction would change what learners were asked."""

    def __init__(self) -> None:
        super().__init__(
            "This would change what learners see of the question, and papers keep what was asked. Correct what is "
            "right, weights and feedback only; for another question change it, which makes a new version.",
            code="learner_view_changed",
        )


@transaction.atomic
def correct_key(*, version: QuestionVersion, type_specific_data: Any, by: Actor | None, reason: str) -> QuestionVersion:
    """Correct the solution of a version in place; what is handed in already is graded anew by a regrade only.

    Args:
        version: the one that papers name.
        type_specific_data: all of it, the same for learners.
        by: who corrects.
        reason: why; it goes into the history of the key.

    Raises:
        InvalidQuestion: the data do not fit the type.
        LearnerViewChanged: a learner would see something else.
    """
    question = Question.objects.select_for_update().get(id=version.question_id)
    locked = QuestionVersion.objects.select_for_update().get(id=version.id)
    locked.question = question
    kind = question_type(locked.question_type)
    data, before = kind.clean(type_specific_data), locked.type_specific_data
    if kind.learner_view(data, None) != kind.learner_view(before, None):
        raise LearnerViewChanged
    if data == before:
        return locked
    KeyCorrection.objects.create(
        version=locked, from_data=before, to_data=data, actor_id=actor_id_of(by), reason=reason
    )
    locked.type_specific_data = data
    locked.save(update_fields=["type_specific_data"])
    question.version += 1
    question.save(update_fields=["version", "updated_at"])
    return locked
