"""The statistics of an assessment."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assessments.models import Assessment
from apps.assessments.permissions import GradingOfAssessmentPolicy
from apps.assessments.selectors import assessment_statistics
from apps.assessments.serializers import AssessmentStatisticsSerializer, StatisticsQuerySerializer
from apps.assessments.views import grading_examples as examples
from apps.assessments.views.base import OfAssessmentMixin


class AssessmentStatisticsViewSet(OfAssessmentMixin):
    """What the attempts at one assessment tell about it and its questions."""

    policy = GradingOfAssessmentPolicy
    queryset = Assessment.objects.all()
    serializer_class = AssessmentStatisticsSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Show the statistics of an assessment",
        description="Per question difficulty, discrimination, what was chosen, and flags on suspicious keys; of the "
        "scores mean, standard deviation, median, Cronbach's alpha and the standard error of measurement. Null "
        "where nothing is defined: fewer than two attempts, or no variance. For those who grade.",
        parameters=[StatisticsQuerySerializer],
        responses=AssessmentStatisticsSerializer,
        examples=[examples.STATISTICS],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        assessment = self.assessment_in_url()
        self.check_object_permissions(request, assessment)
        query = StatisticsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = assessment_statistics(assessment, attempts=query.validated_data["attempts"])
        return Response(AssessmentStatisticsSerializer(found).data)
