"""Page-number paging for what people browse: bounded, and one COUNT at most."""

from dataclasses import dataclass
from typing import Any, Final

from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination as BasePagination
from rest_framework.request import Request

from apps.core.rows import QueryRows, Rows, SqlRows, is_rows

MAX_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class RowsPage:
    """A page of rows: what the links and the count of the answer are made from."""

    number: int
    size: int
    count: int

    @property
    def paginator(self) -> "RowsPage":
        return self

    def has_next(self) -> bool:
        return self.number * self.size < self.count

    def has_previous(self) -> bool:
        return self.number > 1

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1


class PageNumberPagination(BasePagination):
    """`?page=2&page_size=50` → `{count, next, previous, results}`; `page_size` is 20, at most 200."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 200
    max_page = 1_000_000
    page: Any

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return the page that the request asks for; rows are read straight from the cursor.

        Args:
            queryset: `Rows`, a `values()` queryset, or anything that DRF pages.
            request: the request.
            view: the view.
        """
        rows_of: Rows
        if isinstance(queryset, (QueryRows, SqlRows)):
            rows_of = queryset
        elif is_rows(queryset):
            rows_of = QueryRows(lambda: queryset)
        else:
            return super().paginate_queryset(queryset, request, view)
        self.request = request
        size = self.get_page_size(request) or self.page_size
        number = self._requested_page(request)
        count, rows = rows_of.fetch(offset=(number - 1) * size, limit=size)
        if not rows and number > 1:
            raise NotFound(self.invalid_page_message.format(page_number=number, message="that page is empty"))
        self.page = RowsPage(number=number, size=size, count=count)
        return rows

    def _requested_page(self, request: Request) -> int:
        raw = request.query_params.get(self.page_query_param, "1")
        is_number = raw.isascii() and raw.isdigit() and len(raw) <= MAX_DIGITS  # Python refuses to read thousands
        if not (is_number and 1 <= int(raw) <= self.max_page):
            raise NotFound(self.invalid_page_message.format(page_number=raw[:20], message="not a page number"))
        return int(raw)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return parameters
