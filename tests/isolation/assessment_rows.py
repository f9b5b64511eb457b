"""One row of each kind that assessments have, of the open school's demo."""

from typing import Any

from apps.assessments.models import Accommodation, Assessment, AssessmentItem, Attempt, QuestionCategory, Rubric


def rows_of_assessments() -> dict[str, Any]:
    """Return them by the names that the walk knows them by: all of one assessment."""
    assessment = Assessment.objects.get(course__slug="web-development")
    item = AssessmentItem.objects.filter(assessment=assessment, question__isnull=False).order_by("order")[0]
    return {
        "assessment": assessment,
        "assessment_item": item,
        "question": item.question,
        "question_category": QuestionCategory.objects.get(name="Web"),
        "rubric": Rubric.objects.get(),
        "accommodation": Accommodation.objects.order_by("id")[0],
        "attempt": Attempt.objects.filter(assessment=assessment).order_by("id")[0],
    }
