"""The gradebook as a grid."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from apps.courses.models import Course
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.permissions import GradebookPolicy
from apps.gradebook.selectors.grid import Window, grid_of
from apps.gradebook.serializers.grid import GridQuerySerializer, GridSerializer
from apps.gradebook.views import grid_examples as examples
from apps.gradebook.views.base import OfCourseMixin


class GradebookGridViewSet(OfCourseMixin):
    """A window of learners and items."""

    policy = GradebookPolicy
    queryset = Course.objects.all()
    serializer_class = GridSerializer
    pagination_class = None

    @extend_schema(
        summary="Show a window of the gradebook",
        description="A page of learners (by last name, first name, id) and a page of items (in their order), each at "
        "most 100: `cells` of a learner are aligned with `items`. Totals are over all items of the course, whatever "
        "the window and the filters show. For those who grade; learners read theirs at `…/gradebook/mine/`.",
        parameters=[GridQuerySerializer],
        responses=GridSerializer,
        examples=[examples.GRID],
    )
    def grid(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        window = self._window()
        grid = grid_of(course.id, window, now=timezone.now())
        if (window.page > 1 and not grid.results) or (window.item_page > 1 and not grid.items):
            message = "There is no such page: it lies behind the last one."
            raise NotFound(message)
        after, before = self._neighbours("page", window.page, window.page_size, grid.count)
        item_after, item_before = self._neighbours(
            "item_page", window.item_page, window.item_page_size, grid.item_count
        )
        return Response(
            {
                "count": grid.count, "next": after, "previous": before,
                "item_count": grid.item_count, "item_page": window.item_page, "item_page_size": window.item_page_size,
                "item_next": item_after, "item_previous": item_before,
                "items": grid.items, "results": grid.results,
            }
        )  # fmt: skip

    def _window(self) -> Window:
        """Return what the query asks for."""
        query = GridQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = dict(query.validated_data)
        status = wanted.pop("status", None)
        return Window(
            statuses=OPEN_THE_CONTENT if status is None else [status],
            q=wanted.pop("q", None),
            group_id=wanted.pop("group", None),
            category_id=wanted.pop("category", None),
            **wanted,
        )

    def _neighbours(self, parameter: str, page: int, size: int, count: int) -> tuple[str | None, str | None]:
        """Return the addresses of the next and the previous page."""
        here = self.request.build_absolute_uri()
        after = replace_query_param(here, parameter, page + 1) if page * size < count else None
        if page == 1:
            return after, None
        is_second = page == 2  # noqa: PLR2004  the one before is the first, which needs no number
        before = remove_query_param(here, parameter) if is_second else replace_query_param(here, parameter, page - 1)
        return after, before
