"""Where questions are used."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.assessments.models import Assessment, AssessmentItem, Attempt, AttemptAnswer, Question


def assessments_with(question: Question) -> QuerySet[Assessment]:
    """Return the assessments that ask a question, or have an answer to it; newest first."""
    on_it = AssessmentItem.objects.filter(question_id=question.id).values("assessment_id")
    answered = AttemptAnswer.objects.filter(version__question_id=question.id).values("attempt__assessment_id")
    return Assessment.objects.filter(Q(id__in=on_it) | Q(id__in=answered)).order_by("-created_at", "-id")


def usage_rows(question: Question, assessments: Sequence[Assessment]) -> list[dict[str, Any]]:
    """Return what each of these assessments makes of the question: two statements, however many there are."""
    ids = [assessment.id for assessment in assessments]
    on_it = set(
        AssessmentItem.objects.filter(question_id=question.id, assessment__in=ids).values_list(
            "assessment_id", flat=True
        )
    )
    papers = dict(
        Attempt.objects.filter(assessment__in=ids, paper__contains=[{"question": str(question.id)}])
        .values_list("assessment_id")
        .annotate(count=Count("id"))
    )
    return [
        {
            "assessment": assessment.id,
            "title": assessment.title,
            "course": assessment.course_id,
            "status": assessment.status,
            "is_on_it": assessment.id in on_it,
            "paper_count": papers.get(assessment.id, 0),
        }
        for assessment in assessments
    ]
