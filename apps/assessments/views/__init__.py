"""The HTTP edge of assessments."""

from apps.assessments.views.accommodations import AccommodationViewSet
from apps.assessments.views.assessments import AssessmentQuestionViewSet, AssessmentViewSet
from apps.assessments.views.attempts import AssessmentAttemptViewSet, AttemptViewSet
from apps.assessments.views.categories import CategoryViewSet
from apps.assessments.views.grading import GradingQueueViewSet, GradingViewSet
from apps.assessments.views.hints import HintViewSet
from apps.assessments.views.items import ItemViewSet
from apps.assessments.views.questions import QuestionViewSet
from apps.assessments.views.regrading import AssessmentResultsViewSet, KeyCorrectionViewSet
from apps.assessments.views.rubrics import RubricViewSet
from apps.assessments.views.statistics import AssessmentStatisticsViewSet

__all__ = [
    "AccommodationViewSet",
    "AssessmentAttemptViewSet",
    "AssessmentQuestionViewSet",
    "AssessmentResultsViewSet",
    "AssessmentStatisticsViewSet",
    "AssessmentViewSet",
    "AttemptViewSet",
    "CategoryViewSet",
    "GradingQueueViewSet",
    "GradingViewSet",
    "HintViewSet",
    "ItemViewSet",
    "KeyCorrectionViewSet",
    "QuestionViewSet",
    "RubricViewSet",
]
