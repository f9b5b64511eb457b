"""One cell and its history."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.versions import PreconditionFailed
from apps.core.http.views import BaseViewSet
from apps.gradebook.models import Grade, GradeItem
from apps.gradebook.permissions import GradePolicy, GradeSetupPolicy
from apps.gradebook.selectors.cells import cell_of
from apps.gradebook.selectors.history import change_row, changes_of
from apps.gradebook.serializers.cells import CellChangeSerializer, CellSerializer, GradebookChangeSerializer
from apps.gradebook.services.cell_changes import CellChange, CellChanged
from apps.gradebook.services.cells import change_grade
from apps.gradebook.views import cell_examples as examples
from apps.gradebook.views.base import id_in_url, version_seen


@extend_schema_view(
    retrieve=extend_schema(
        summary="Show a cell of the gradebook",
        description="What counts, what it is made of, and by whom. A learner in whose cell nothing has been graded has "
        "an empty one, of version 0. Who was never in the course: 404.",
        responses=CellSerializer,
        examples=[examples.CELL],
    ),
    partial_update=extend_schema(
        summary="Change a cell of the gradebook",
        description="A score of yours counts instead of the assessment's, `null` takes it back; `is_excused` lets the "
        "cell count nothing. A score that is there changes with a reason only (400 `reason_required`). `If-Match` with "
        'the cell\'s tag (`"0"` for an empty one): 412 when it has changed since. Nobody changes their own (403 '
        "`own_grade`), and nothing changes once the final grades are frozen (409 `gradebook_frozen`, "
        "`gradebook_freezing`).",
        request=CellChangeSerializer,
        responses=CellSerializer,
        examples=[examples.OVERRIDE, examples.EXCUSE, examples.TAKE_BACK, examples.CELL],
    ),
)
class GradeViewSet(BaseViewSet):
    """A learner's cell in one column."""

    policy = GradePolicy
    queryset = GradeItem.objects.all()
    serializer_class = CellSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[GradeItem]:
        return GradeSetupPolicy.visible(self.actor, GradeItem.objects.all())

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.cell_in_url())

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item: GradeItem = self.get_object()
        user_id = id_in_url(self.kwargs["user_id"])
        body = CellChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        reason = wanted.pop("reason")
        change = CellChange(item_id=item.id, user_id=user_id, version=version_seen(request), **wanted)
        try:
            cell = change_grade(course_id=item.course_id, change=change, by=self.actor, reason=reason)
        except CellChanged as error:
            raise PreconditionFailed from error
        return self.answer(cell)

    @extend_schema(
        summary="Show the history of a cell",
        description="Who, when, why, from what to what; newest first.",
        responses=GradebookChangeSerializer(many=True),
        examples=[examples.CHANGE],
    )
    def history(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        cell = self.cell_in_url()
        changes = changes_of(cell.item.course_id, item_id=cell.item_id, user_id=cell.user_id)
        page = self.paginate_queryset(changes) or []
        return self.get_paginated_response([change_row(row) for row in page])

    def cell_in_url(self) -> Grade:
        """Return the cell, once the policy has agreed to the action on its item."""
        item: GradeItem = self.get_object()
        cell = cell_of(item, id_in_url(self.kwargs["user_id"]))
        if cell is None:
            raise NotFound
        cell.item = item
        return cell
