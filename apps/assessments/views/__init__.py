"""The HTTP edge of assessments."""

from apps.assessments.views.assessments import AssessmentQuestionViewSet, AssessmentViewSet
from apps.assessments.views.attempts import AssessmentAttemptViewSet, AttemptViewSet
from apps.assessments.views.questions import QuestionViewSet

__all__ = [
    "AssessmentAttemptViewSet",
    "AssessmentQuestionViewSet",
    "AssessmentViewSet",
    "AttemptViewSet",
    "QuestionViewSet",
]
