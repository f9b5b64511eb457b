"""Rows by COPY, straight from what the models say about their columns."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection as django_connection
from django.db import models
from psycopg import sql


@contextmanager
def as_unforced_owner(connection: psycopg.Connection, tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Let the owner of `tables` write rows of any tenant while the block runs: COPY refuses row-level security."""
    names = [sql.Identifier(model._meta.db_table) for model in tables]
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(name))
    yield
    # PostgreSQL alters no table while its deferred checks are pending.
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name))


def copy_rows(connection: psycopg.Connection, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> int:
    """Write `rows`, all with the keys of the first one; what they leave out gets the fields' defaults.

    Returns:
        How many rows there were.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return 0
    defaults = dict(_defaults(model, set(first)))
    columns = [_column(model, name) for name in (*first, *defaults)]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    tail = tuple(defaults.values())
    count = 1
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row((*first.values(), *tail))
        for row in iterator:
            copy.write_row((*row.values(), *tail))
            count += 1
    return count


def _column(model: type[models.Model], attname: str) -> str:
    return next(str(field.column) for field in model._meta.concrete_fields if field.attname == attname)


def _defaults(model: type[models.Model], given: set[str]) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        if field.attname in given or field.has_db_default():
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            yield field.attname, datetime.now(UTC)
        else:
            yield field.attname, field.get_db_prep_save(field.get_default(), django_connection)
