"""Test data: assessments with multiple-choice questions whose right option is `a`."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.assessments.models import Assessment, QuestionVersion
from apps.assessments.services import put_new_question
from apps.courses.factories import CourseFactory

OPTIONS = {
    "options": [
        {"id": "a", "text": "A function wrapper", "is_correct": True, "feedback": "Indeed."},
        {"id": "b", "text": "A class", "is_correct": False, "feedback": "Look again."},
        {"id": "c", "text": "A module", "is_correct": False},
    ]
}


class AssessmentFactory(DjangoModelFactory[Assessment]):
    """A published quiz; `questions=3` puts that many on it, of 10 points each."""

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda n: f"Quiz {n}")

    class Meta:
        model = Assessment
        skip_postgeneration_save = True

    @factory.post_generation
    def questions(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:  # noqa: FBT001  factory-boy's
        del create, kwargs
        for number in range(extracted or 0):
            add_choice(self, text=f"Question {number}")
        self.refresh_from_db()


def add_choice(assessment: Assessment, *, text: str = "What is a decorator?", **fields: Any) -> QuestionVersion:
    """Put a new multiple-choice question on the assessment."""
    asked: dict[str, Any] = {"points": 10, "type_specific_data": OPTIONS, **fields}
    return put_new_question(
        assessment=assessment,
        by=None,
        question_type="multiple_choice",
        question_text=text,
        **asked,
    )
