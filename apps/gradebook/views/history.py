"""The history of a gradebook."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.gradebook.models import GradebookChange
from apps.gradebook.permissions import GradebookPolicy
from apps.gradebook.selectors.history import change_row, changes_of
from apps.gradebook.serializers.cells import GradebookChangeSerializer, HistoryQuerySerializer
from apps.gradebook.views import cell_examples as examples
from apps.gradebook.views.base import OfCourseMixin


class GradebookHistoryViewSet(OfCourseMixin):
    """What has happened in the gradebook of a course."""

    policy = GradebookPolicy
    queryset = GradebookChange.objects.all()
    serializer_class = GradebookChangeSerializer

    @extend_schema(
        summary="Show the history of a gradebook",
        description="Every change of a cell or a final grade: who, when, why, from what to what; newest first. An "
        "entry about an excused cell says what stands in it.",
        parameters=[HistoryQuerySerializer],
        responses=GradebookChangeSerializer(many=True),
        examples=[examples.CHANGE],
    )
    def history(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        query = HistoryQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        changes = changes_of(
            course.id, item_id=wanted.get("item"), user_id=wanted.get("user"), kind=wanted.get("kind")
        )  # fmt: skip
        page = self.paginate_queryset(changes) or []
        return self.get_paginated_response([change_row(row) for row in page])
