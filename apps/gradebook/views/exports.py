"""The gradebook as a file."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.jobs import accepted
from apps.core.http.schema import failure
from apps.core.jobs.serializers import JobSerializer
from apps.gradebook.models import Grade
from apps.gradebook.permissions import GradebookPolicy
from apps.gradebook.serializers.exports import ExportSerializer
from apps.gradebook.services.exporting import start_export
from apps.gradebook.views import final_examples as examples
from apps.gradebook.views import job_examples
from apps.gradebook.views.base import OfCourseMixin


class GradebookExportViewSet(OfCourseMixin):
    """Exports of the gradebook of a course."""

    policy = GradebookPolicy
    queryset = Grade.objects.all()
    serializer_class = ExportSerializer

    @extend_schema(
        summary="Export a gradebook",
        description="A job writes the file (202; then `/jobs/<id>/download/`): a row per learner, a column per item, "
        "the categories, the total, and the final grade where it stands. Text that a spreadsheet would run as a "
        "formula is made harmless. Whoever may not read the gradebook any more does not get the file either.",
        request=ExportSerializer,
        responses={202: OpenApiResponse(JobSerializer, "A job does it"), 429: failure("429")},
        examples=[examples.EXPORT, examples.EXPORT_LEFT, job_examples.EXPORTING],
    )
    def export(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._export)

    def _export(self) -> Response:
        course = self.checked_course()
        wanted = self.validated()
        job = start_export(
            course_id=course.id, file_format=wanted["format"], status=wanted.get("status"), by=self.actor
        )  # fmt: skip
        return accepted(job, self.request)
