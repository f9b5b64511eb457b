"""With raw SQL, as the role of web and workers: nothing of another tenant can be seen, changed or referred to.

One row of every tenant table is made for each of two tenants, from the fields of the models alone, so that a
table that is added tomorrow is tested tomorrow.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, models, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context, trash_context
from apps.core.tenancy.locks import tenant_references
from apps.core.tenancy.models import is_tenant_model

MODELS = [model for model in apps.get_models() if is_tenant_model(model)]
TABLES = [model._meta.db_table for model in MODELS]

# Where a constraint asks for more than a field says: model label → values, made anew for each row.
SPECIAL: dict[str, dict[str, Callable[[], Any]]] = {
    "assessments.AssessmentItem": {"draw_count": lambda: 1},  # a section, without a question
    "files.Folder": {"visibility": lambda: "school"},  # a private one has an owner
    "files.StorageUsage": {"user_id": new_id},  # one row per person, and one of the school
}
# References that may be empty by themselves, and are not in the rows made here.
FILLED: dict[str, set[str]] = {"assessments.Accommodation": {"user"}}  # for a user or a group
# Where the database refuses every change of a row, whosever it is.
APPEND_ONLY = {"assessments_journalentry"}
# What has to change along with a reference.
ALONG: dict[str, str] = {
    "assessments.AssessmentItem.question": "draw_count = NULL",
    "assessments.Accommodation.group": "user_id = NULL",
}


SOME_VALUE: list[tuple[type[Any], Callable[[], Any]]] = [
    (models.UUIDField, new_id),
    (models.DateField, timezone.now),
    (models.IntegerField, lambda: 1),
    (models.DecimalField, lambda: 1),
    (models.JSONField, dict),
    (models.BinaryField, bytes),
]


Ids = dict[type[models.Model], tuple[UUID, UUID]]


def value_for(field: Any) -> Any:
    """Return some value that the column takes."""
    if field.has_default() or field.null:
        return field.get_default()
    if field.choices:
        return field.choices[0][0]
    some = next((value for kind, value in SOME_VALUE if isinstance(field, kind)), None)
    return some() if some else new_id().hex[: field.max_length]


def make(model: type[models.Model], tenant: Tenant, ids: Ids, turn: int) -> models.Model:
    """Return a row that refers to the first or second row of each other table: to both where it refers twice."""
    values: dict[str, Any] = {}
    seen: Counter[Any] = Counter()
    filled = FILLED.get(model._meta.label, set())
    for field in model._meta.concrete_fields:
        is_needed = not field.null or field.name in filled
        if isinstance(field, models.ForeignKey) and is_needed and field.name != "tenant":
            values[field.attname] = ids[field.related_model][(turn + seen[field.related_model]) % 2]
            seen[field.related_model] += 1
        elif field.db_default is models.NOT_PROVIDED:
            values[field.attname] = value_for(field)
    special = {name: value() for name, value in SPECIAL.get(model._meta.label, {}).items()}
    return model(**values | {"id": ids[model][turn], "tenant_id": tenant.id} | special)


class Rows:
    """Two rows of each table for a tenant; `ids` are those of the first, by table."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.by_model: Ids = {model: (new_id(), new_id()) for model in MODELS}
        self.ids = {model._meta.db_table: first for model, (first, _) in self.by_model.items()}
        with tenant_context(tenant):
            for model in MODELS:
                model._default_manager.bulk_create([make(model, tenant, self.by_model, turn) for turn in (0, 1)])


@pytest.fixture
def rows(school: Tenant, other_school: Tenant) -> Iterator[tuple[Rows, Rows]]:
    """Return mine and theirs; all keys between them are proven to hold."""
    with transaction.atomic():
        mine, theirs = Rows(school), Rows(other_school)
        for found in (mine, theirs):
            with tenant_context(found.tenant):
                execute("SET CONSTRAINTS ALL IMMEDIATE")
                execute("SET CONSTRAINTS ALL DEFERRED")
        with tenant_context(school):
            yield mine, theirs
        transaction.set_rollback(True)


def execute(sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(sql: str, *params: Any) -> bool:
    """Whether the policies refuse the statement, or a table that is only appended to."""
    try:
        with transaction.atomic():
            execute(sql, *params)
    except (ProgrammingError, InternalError) as error:
        return "row-level security" in str(error)
    except IntegrityError as error:
        return "is never changed" in str(error)
    return False


def test_nothing_of_the_neighbour_can_be_seen(rows: tuple[Rows, Rows]) -> None:
    _, theirs = rows

    for table in TABLES:
        assert execute(f'SELECT count(*) FROM "{table}"') == [(2,)], table
        assert execute(f'SELECT count(*) FROM "{table}" WHERE tenant_id = %s', theirs.tenant.id) == [(0,)], table
        assert execute(f'SELECT count(*) FROM "{table}" WHERE id = %s', theirs.ids[table]) == [(0,)], table
    assert execute("SELECT id FROM core_tenant") == [(rows[0].tenant.id,)]


def test_nothing_of_the_neighbour_can_be_updated_or_deleted(rows: tuple[Rows, Rows]) -> None:
    _, theirs = rows

    for table in TABLES:
        assert execute(f'UPDATE "{table}" SET tenant_id = tenant_id WHERE id = %s', theirs.ids[table]) == 0, table
        assert execute(f'DELETE FROM "{table}" WHERE id = %s', theirs.ids[table]) == 0, table
    assert execute("UPDATE core_tenant SET name = name WHERE id = %s", theirs.tenant.id) == 0
    assert execute("DELETE FROM core_tenant WHERE id = %s", theirs.tenant.id) == 0


def test_statements_without_a_condition_stop_at_the_neighbour(rows: tuple[Rows, Rows]) -> None:
    for table in TABLES:
        for sql in (f'UPDATE "{table}" SET tenant_id = tenant_id', f'DELETE FROM "{table}"'):
            if table in APPEND_ONLY and sql.startswith("UPDATE"):
                assert refused(sql), sql
                continue
            with transaction.atomic():
                assert execute(sql) == 2, sql  # mine
                transaction.set_rollback(True)


def test_from_above_everything_can_be_seen_and_nothing_of_a_school_changed(rows: tuple[Rows, Rows]) -> None:
    with platform_context(reason="test"):
        for table in TABLES:
            for found in rows:
                row_id = found.ids[table]
                assert execute(f'SELECT count(*) FROM "{table}" WHERE id = %s', row_id) == [(1,)], table
                assert execute(f'UPDATE "{table}" SET tenant_id = tenant_id WHERE id = %s', row_id) == 0, table
                assert execute(f'DELETE FROM "{table}" WHERE id = %s', row_id) == 0, table


def test_nothing_can_be_given_to_the_neighbour(rows: tuple[Rows, Rows]) -> None:
    mine, theirs = rows

    for table in TABLES:
        sql = f'UPDATE "{table}" SET tenant_id = %s WHERE id = %s'
        assert refused(sql, theirs.tenant.id, mine.ids[table]), table
        assert refused(sql.replace("%s", "NULL", 1), mine.ids[table]), table


def test_nothing_can_be_inserted_for_the_neighbour(rows: tuple[Rows, Rows]) -> None:
    _, theirs = rows

    for model in MODELS:
        row = make(model, theirs.tenant, {**theirs.by_model, model: (new_id(), new_id())}, 0)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            model._default_manager.bulk_create([row])


REFERENCES = [(model, field) for model in MODELS for field in tenant_references(model)]


@pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=[f"{model._meta.label}.{field.name}" for model, field in REFERENCES]
)
def test_nothing_of_the_neighbour_can_be_referred_to(
    rows: tuple[Rows, Rows], model: type[models.Model], field: models.ForeignKey[Any, Any]
) -> None:
    mine, theirs = rows
    along = ALONG.get(f"{model._meta.label}.{field.name}")
    changes = ", ".join(filter(None, [f'"{field.column}" = %s', along]))
    sql = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE id = %s'

    if model._meta.db_table in APPEND_ONLY:
        assert refused(sql, theirs.by_model[field.related_model][0], mine.by_model[model][0])
        return
    with trash_context():  # otherwise the policies keep a row from going to any trash, ours or theirs
        execute(sql, theirs.by_model[field.related_model][0], mine.by_model[model][0])

    with pytest.raises(IntegrityError, match="tenant_fk"):
        execute("SET CONSTRAINTS ALL IMMEDIATE")
