"""`/files/usage/`: how much room is taken, and how much there is."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import ListMixin
from apps.files.models import StorageUsage
from apps.files.permissions import UsagePolicy
from apps.files.serializers import PersonUsageSerializer, UsageReportSerializer
from apps.files.services.contents import largest_file
from apps.files.services.quota import usage_of
from apps.files.views import upload_examples


@extend_schema_view(
    retrieve=extend_schema(
        summary="Show how much room is taken",
        description="The caller's own, and for who may read all files (`files:read`) the school's.",
        responses=UsageReportSerializer,
        examples=[upload_examples.USAGE],
    ),
    list=extend_schema(
        summary="List how much room each person takes",
        description="Most first; for who may read all files (`files:read`).",
        filters=False,
        responses=PersonUsageSerializer(many=True),
        examples=[upload_examples.PERSON_USAGE],
    ),
)
class UsageViewSet(ListMixin):
    """The storage of the school and its people."""

    policy = UsagePolicy
    queryset = StorageUsage.objects.filter(user_id__isnull=False).order_by("-used_bytes", "-id")
    serializer_class = PersonUsageSerializer
    filter_backends = []
    rows = "as_rows"

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        sees_all = self.policy.can(self.actor, "list")
        report = {
            "own": usage_of(self.actor.id),
            "school": usage_of(None) if sees_all else None,
            "largest_file_bytes": largest_file(),
        }
        return Response(UsageReportSerializer(report).data)
