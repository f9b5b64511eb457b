"""Many cells at once."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.jobs import accepted
from apps.core.http.schema import failure
from apps.core.jobs import RowResult
from apps.core.jobs.serializers import JobSerializer
from apps.gradebook.models import Grade
from apps.gradebook.permissions import GradebookPolicy
from apps.gradebook.serializers.bulk import MOST_CHANGES, BulkEditSerializer, BulkPreviewSerializer
from apps.gradebook.services.bulk import preview_bulk_edit, start_bulk_edit
from apps.gradebook.services.cell_changes import CellChange
from apps.gradebook.views import cell_examples as examples
from apps.gradebook.views import job_examples
from apps.gradebook.views.base import OfCourseMixin


class BulkEditViewSet(OfCourseMixin):
    """Changes of many cells of one course."""

    policy = GradebookPolicy
    queryset = Grade.objects.all()
    serializer_class = BulkEditSerializer

    @extend_schema(
        summary="Change many cells of a gradebook",
        description=f"At most {MOST_CHANGES} cells, each as in a change of one. `dry_run: true` answers 200 with what "
        "would become of each: from what to what in the cell, and in the learner's course total; nothing changes. "
        "Otherwise a job does it (202), in batches; it can be cancelled between two of them, and its rows say what "
        "became of each change: one that fails (`own_grade`, `not_enrolled`, `unknown_item`, `reason_required`, "
        "`grade_changed` where its `version` is not the cell's any more) stops no other. When the gradebook is frozen "
        "meanwhile, the job fails, and what was done stays.",
        request=BulkEditSerializer,
        responses={
            200: OpenApiResponse(BulkPreviewSerializer, "What would change"),
            202: OpenApiResponse(JobSerializer, "A job does it"),
            429: failure("429"),
        },
        examples=[examples.BULK_EDIT, examples.BULK_PREVIEW, job_examples.EDITING],
    )
    def bulk_edit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._bulk_edit)

    def _bulk_edit(self) -> Response:
        course = self.checked_course()
        wanted = self.validated()
        changes = [_change(data) for data in wanted["changes"]]
        about: dict[str, Any] = {
            "course_id": course.id, "changes": changes, "reason": wanted["reason"], "by": self.actor
        }  # fmt: skip
        if not wanted["dry_run"]:
            return accepted(start_bulk_edit(**about), self.request)
        rows = preview_bulk_edit(**about)
        counts = Counter[str](row.state for row in rows)
        states = {state: counts[state] for state in ("done", "unchanged", "failed")}
        return Response({**states, "rows": [_row(row) for row in rows]})


def _change(data: dict[str, Any]) -> CellChange:
    fields = dict(data)
    return CellChange(item_id=fields.pop("item"), user_id=fields.pop("user"), **fields)


def _row(row: RowResult) -> dict[str, Any]:
    error = {"field": row.field, "code": row.code, "detail": row.detail} if row.state == "failed" else None
    return {"index": row.index, "state": row.state, "reference": row.reference, "error": error, "data": row.data}
