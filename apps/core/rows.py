"""Rows straight from the cursor: what `values()` gives, without the price of the ORM's iteration.

Measured on a list of 20 rows, building and compiling the queryset cost more than running it, and so did the
ORM's iteration with its converters. Here it is compiled once for the page and the count, remembered where many
ask the same, and JSON that is only to be sent on is not parsed.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import JSONField, Model, QuerySet
from django.db.models.query import ValuesIterable
from django.db.models.sql.compiler import SQLCompiler

from apps.core.tenancy.context import current_scope

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page of a list asks of the database: the page's rows, and the number of all.

    `json_columns` are the positions of columns that hold JSON: they are rendered as they come.
    """

    page: str
    page_params: Any
    count: str
    count_params: Any
    names: tuple[str, ...]
    json_columns: tuple[int, ...] = ()

    def run(self) -> tuple[int, list[Row]]:
        """Return the number of all rows, and the page's rows; JSON comes as `orjson.Fragment`."""
        with connection.cursor() as cursor:
            cursor.execute(self.page, self.page_params)
            found = cursor.fetchall()
            cursor.execute(self.count, self.count_params)
            (count,) = cursor.fetchone() or (0,)
        if self.json_columns:
            found = [_with_fragments(row, self.json_columns) for row in found]
        return count, [dict(zip(self.names, row, strict=True)) for row in found]


class Rows(Protocol):
    """A list that can be read page by page."""

    def fetch(self, *, offset: int, limit: int) -> tuple[int, list[Row]]:
        """Return the number of all rows, and those of one page, as dicts."""


@dataclass(frozen=True, slots=True)
class QueryRows:
    """The rows of a `values()` queryset.

    Args:
        build: makes the queryset; called only when its statements are not remembered.
        remember_as: everything that the statements follow from (who sees which rows, the query string, the
            open scope), or None to compile them anew each time.
    """

    build: Callable[[], QuerySet[Model, Row]]
    remember_as: Hashable | None = None

    def fetch(self, *, offset: int, limit: int) -> tuple[int, list[Row]]:
        key = (self.remember_as, current_scope().database_settings, offset, limit)
        statements = _remembered.get(key) if self.remember_as is not None else None
        if statements is None:
            try:
                statements = compile_page(self.build(), offset=offset, limit=limit)
            except EmptyResultSet:  # Django sees that nothing can match, in `none()` or an empty `__in`
                return 0, []
            if self.remember_as is not None:
                _remember(key, statements)
        return statements.run()


@dataclass(frozen=True, slots=True)
class SqlRows:
    """The rows of two hand-written statements; `page` names `%(limit)s` and `%(offset)s`."""

    page: str
    count: str
    params: Mapping[str, Any]
    names: tuple[str, ...]

    def fetch(self, *, offset: int, limit: int) -> tuple[int, list[Row]]:
        params = {**self.params, "limit": limit, "offset": offset}
        return Statements(self.page, params, self.count, self.params, self.names).run()


_MOST_REMEMBERED = 1024
_remembered: dict[Hashable, Statements] = {}


def _remember(key: Hashable, statements: Statements) -> None:
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = statements


def is_rows(queryset: QuerySet[Any, Any] | Sequence[Any]) -> bool:
    """Whether `queryset` yields dicts, as `values()` makes it; a list of rows that are there already is none."""
    return isinstance(queryset, QuerySet) and issubclass(queryset._iterable_class, ValuesIterable)  # noqa: SLF001  nothing else tells


def compile_page(queryset: QuerySet[Model, Row], *, offset: int, limit: int) -> Statements:
    """Compile a page of a `values()` queryset and the count of the whole.

    Raises:
        EmptyResultSet: nothing can match.
    """
    compiler: SQLCompiler = queryset[offset : offset + limit].query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    json_columns = tuple(
        index
        for index, (expression, *_) in enumerate(compiler.select)
        if isinstance(expression.output_field, JSONField)
    )
    count, count_params = _count_statement(compiler, queryset)
    return Statements(sql, params, count, count_params, tuple(_names(compiler)), json_columns)


def _names(compiler: SQLCompiler) -> list[str]:
    query = compiler.query
    if query.selected:
        return list(query.selected)
    return [*query.extra_select, *query.values_select, *query.annotation_select]


def _with_fragments(row: tuple[Any, ...], columns: tuple[int, ...]) -> list[Any]:
    values = list(row)
    for index in columns:
        if values[index] is not None:
            values[index] = orjson.Fragment(values[index])
    return values


def _count_statement(compiler: SQLCompiler, queryset: QuerySet[Model, Row]) -> tuple[str, tuple[Any, ...]]:
    """Count with the FROM and WHERE that are compiled already; ask Django where rows are grouped."""
    query = compiler.query
    if query.distinct or query.group_by is not None or query.combinator:
        inner, params = queryset.order_by().query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return f"SELECT COUNT(*) FROM ({inner}) counted", tuple(params)  # noqa: S608  compiled by Django
    tables, table_params = compiler.get_from_clause()
    where_node = compiler.where  # type: ignore[attr-defined]  # missing in the stubs
    condition, condition_params = compiler.compile(where_node) if where_node else ("", ())
    where = f" WHERE {condition}" if condition else ""
    sql = f"SELECT COUNT(*) FROM {' '.join(tables)}{where}"  # noqa: S608  compiled by Django
    return sql, (*table_params, *condition_params)
