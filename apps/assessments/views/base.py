"""What the views of assessments share."""

from typing import Any

from apps.assessments.models import Assessment
from apps.assessments.permissions import AssessmentPolicy
from apps.core.http.views import BaseViewSet


class OfAssessmentMixin(BaseViewSet):
    """Finds the assessment that the URL names."""

    def assessment_in_url(self) -> Assessment:
        """Return the assessment, if the actor may know of it."""
        assessments: Any = AssessmentPolicy.visible(self.actor, Assessment.objects.all())
        assessment: Assessment = self.find(assessments, self.kwargs["assessment_id"])
        return assessment

    def checked_assessment(self) -> Assessment:
        """Return the assessment that the URL names, once the policy has agreed to the action on it."""
        assessment = self.assessment_in_url()
        self.check_object_permissions(self.request, assessment)
        return assessment
