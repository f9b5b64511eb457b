"""Progress: reports of what a learner does, and how far they are."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import ListMixin
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.filters import ProgressFilter
from apps.enrollments.models import ContentProgress
from apps.enrollments.permissions import ProgressPolicy
from apps.enrollments.serializers import (
    BulkReportResultSerializer,
    BulkReportSerializer,
    ProgressSerializer,
    ReportedSerializer,
    ReportSerializer,
    ResetSerializer,
    StandingSerializer,
)
from apps.enrollments.services import Report, Standing, report_many, report_progress, reset_progress
from apps.enrollments.views import examples


def report_of(data: dict[str, Any]) -> Report:
    """Return the validated body as the service takes it."""
    fields = dict(data)
    status = ProgressStatus(fields.pop("status"))
    return Report(content_item_id=fields.pop("content_item"), status=status, **fields)


def _standing(enrollment_id: Any, standing: Standing) -> dict[str, Any]:
    return {
        "id": enrollment_id,
        "status": standing.status,
        "progress_percentage": float(standing.progress_percentage),
        "completed_at": standing.completed_at,
    }


@extend_schema_view(
    list=extend_schema(
        summary="List progress",
        description="The caller's own, item by item; `course` narrows it. Who holds `progress:read`, or teaches the "
        "course, may ask for another `user`.",
        responses=ProgressSerializer(many=True),
        examples=[examples.PROGRESS_ROW],
    )
)
class ProgressViewSet(ListMixin):
    """What learners did with content items."""

    policy = ProgressPolicy
    queryset = ContentProgress.objects.in_order()
    serializer_class = ProgressSerializer
    serializers_of_requests: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {
        "create": ReportSerializer,
        "bulk": BulkReportSerializer,
        "reset": ResetSerializer,
    }
    filterset_class = ProgressFilter
    rows = "as_rows"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.serializers_of_requests.get(self.action, ProgressSerializer)

    def get_queryset(self) -> QuerySet[ContentProgress]:
        """Narrow to the caller's own, unless another learner is asked for by somebody who may."""
        user_id = self.request.query_params.get("user", str(self.actor.id))
        if user_id == str(self.actor.id):
            return ContentProgress.objects.in_order().of_learner(self.actor.id)
        if not self.policy.can(self.actor, "list_of_others"):
            raise PermissionDenied
        return self.policy.visible(self.actor, ContentProgress.objects.in_order())

    @extend_schema(
        summary="Report progress",
        description="Tells how far the caller is with one item. Totals, not differences: repeating a report, losing "
        "one or sending them in the wrong order does no harm, for nothing ever goes back; the position follows the "
        "highest `sequence`. When nothing required is left, the enrolment is completed. "
        "404 `content_not_found`: no such item, or not published. 403: `not_enrolled`, `enrollment_not_open` or "
        "`module_locked`. Going back is `POST /progress/reset/`.",
        responses=ReportedSerializer,
        examples=[examples.REPORT, examples.POSITION, examples.REPORTED],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        reported = report_progress(user=self.actor, report=report_of(self.validated()))
        return Response({**reported.item, "enrollment": _standing(reported.enrollment_id, reported.standing)})

    @extend_schema(
        summary="Report progress gathered offline",
        description="At most 200 reports, oldest first, each with an answer of its own.",
        responses=BulkReportResultSerializer,
        examples=[examples.BULK_REPORT, examples.BULK_REPORT_RESULT],
    )
    def bulk(self, request: Request, **kwargs: Any) -> Response:
        reports = [report_of(data) for data in self.validated()["reports"]]
        return Response({"results": report_many(user=self.actor, reports=reports)})

    @extend_schema(
        summary="Start an item over",
        description="Forgets what the caller did with the item: the only way back. A completed enrolment stays "
        "completed, and so does its certificate.",
        responses=StandingSerializer,
        examples=[examples.RESET, examples.STANDING],
    )
    def reset(self, request: Request, **kwargs: Any) -> Response:
        enrollment_id, standing = reset_progress(user=self.actor, content_item_id=self.validated()["content_item"])
        return Response(_standing(enrollment_id, standing))
