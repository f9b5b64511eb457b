"""Locks 3 and 4 and the grants, applied to every table after every migration, so no model can forget them.

Idempotent: the wanted objects are named after their own definition, what is there is left alone, and a
policy or key that no model asks for any more is dropped.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.db.backends.utils import CursorWrapper

from apps.core.tenancy.models import TenantOrPlatformModel, is_tenant_model
from apps.core.trash.locks import CREATE_FUNCTION, apply_reference_triggers
from apps.core.trash.models import TrashableModel

# As sub-selects: evaluated once per statement, not once per row.
IN_SCOPE = "{column} = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)"
ON_PLATFORM = "(SELECT current_setting('app.platform', true)) = 'on'"
OUT_OF_THE_TRASH = "(trash_entry_id IS NULL OR (SELECT current_setting('app.trash', true)) = 'on')"
POLICY_PREFIX = "tenancy_"
KEY_SUFFIX = "_tenant_key"
REFERENCE_SUFFIX = "_tenant_fk"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table under row-level security.

    `in_reach` is the condition under which a row may be inserted, updated or deleted; reading is also
    possible in a platform context. Either way, what lies in the trash is hidden outside of `trash_context`.
    """

    model: type[models.Model]
    column: str
    in_reach: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def read(self) -> str:
        return self._unless_in_the_trash(f"{IN_SCOPE.format(column=self.column)} OR {ON_PLATFORM}")

    @property
    def write(self) -> str:
        return self._unless_in_the_trash(self.in_reach)

    def _unless_in_the_trash(self, condition: str) -> str:
        return f"({condition}) AND {OUT_OF_THE_TRASH}" if issubclass(self.model, TrashableModel) else condition


def guarded_tables() -> Iterator[Guarded]:
    """Yield every table that holds rows of tenants, and the table of tenants itself."""
    for model in apps.get_models(include_auto_created=True):
        in_scope = IN_SCOPE.format(column="tenant_id")
        if model._meta.label == "core.Tenant":
            write = f"{IN_SCOPE.format(column='id')} OR {ON_PLATFORM}"
            yield Guarded(model, "id", write)
        elif issubclass(model, TenantOrPlatformModel):
            write = f"{in_scope} OR (tenant_id IS NULL AND {ON_PLATFORM})"
            yield Guarded(model, "tenant_id", write)
        elif is_tenant_model(model):
            yield Guarded(model, "tenant_id", in_scope)


def apply_locks_after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: runs once, behind the migrations of all apps, as the owner."""
    del sender, kwargs
    apply_locks(using)


def apply_locks(using: str = "default") -> None:
    """Bring policies, composite keys and grants of the whole schema to what the models ask for."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        tables = [guarded for guarded in guarded_tables() if guarded.table in present]
        for guarded in tables:
            _apply_policies(cursor, guarded)
        for guarded in tables:
            _apply_key(cursor, guarded)
        for guarded in tables:
            _apply_references(cursor, guarded, present)
        cursor.execute(CREATE_FUNCTION)
        for guarded in tables:
            there = [
                field for field in tenant_references(guarded.model) if field.related_model._meta.db_table in present
            ]
            apply_reference_triggers(cursor, guarded.model, there)
        _apply_grants(cursor)


def _named(prefix: str, definition: str) -> str:
    return f"{prefix}{hashlib.sha256(definition.encode()).hexdigest()[:12]}"


def _apply_policies(cursor: CursorWrapper, guarded: Guarded) -> None:
    table = guarded.table
    clauses = {
        "read": f"FOR SELECT USING ({guarded.read})",
        "insert": f"FOR INSERT WITH CHECK ({guarded.write})",
        "update": f"FOR UPDATE USING ({guarded.write}) WITH CHECK ({guarded.write})",
        "delete": f"FOR DELETE USING ({guarded.write})",
    }
    wanted = {_named(f"{POLICY_PREFIX}{command}_", clause): clause for command, clause in clauses.items()}
    cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
    there = {name for (name,) in cursor.fetchall()}
    for name in there - wanted.keys():
        cursor.execute(f'DROP POLICY "{name}" ON "{table}"')
    for name in wanted.keys() - there:
        cursor.execute(f'CREATE POLICY "{name}" ON "{table}" {wanted[name]}')
    cursor.execute("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
    if cursor.fetchone() != (True,):
        cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')


def _constraints(cursor: CursorWrapper, table: str, suffix: str) -> set[str]:
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s",
        [table, f"%{suffix}"],
    )
    return {name for (name,) in cursor.fetchall()}


def _apply_key(cursor: CursorWrapper, guarded: Guarded) -> None:
    """The key that composite references point at, and the leading `tenant_id` index of the table."""
    if guarded.column != "tenant_id":
        return
    name = _shortened(guarded.table, KEY_SUFFIX)
    if name not in _constraints(cursor, guarded.table, KEY_SUFFIX):
        cursor.execute(f'ALTER TABLE "{guarded.table}" ADD CONSTRAINT "{name}" UNIQUE (tenant_id, id)')


def _shortened(name: str, suffix: str) -> str:
    limit = 63 - len(suffix)
    if len(name) > limit:
        name = f"{name[: limit - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"{name}{suffix}"


def tenant_references(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Yield the foreign keys of `model` that point at a tenant model."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and is_tenant_model(field.related_model):
            yield field


def _apply_references(cursor: CursorWrapper, guarded: Guarded, present: set[str]) -> None:
    there = _constraints(cursor, guarded.table, REFERENCE_SUFFIX)
    wanted: set[str] = set()
    for field in tenant_references(guarded.model):
        target = field.related_model._meta.db_table
        if target not in present:
            continue
        name = _shortened(f"{guarded.table}_{field.column}", REFERENCE_SUFFIX)
        wanted.add(name)
        if name not in there:
            cursor.execute(
                f'ALTER TABLE "{guarded.table}" ADD CONSTRAINT "{name}" '
                f'FOREIGN KEY (tenant_id, "{field.column}") REFERENCES "{target}" (tenant_id, id) '
                f"DEFERRABLE INITIALLY DEFERRED"
            )
    for name in there - wanted:
        cursor.execute(f'ALTER TABLE "{guarded.table}" DROP CONSTRAINT "{name}"')


def _apply_grants(cursor: CursorWrapper) -> None:
    """Let the role of web and workers use the rows, and nothing else."""
    role = settings.DATABASE_RUNTIME_ROLE
    if not role:
        return
    cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"')
    cursor.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "{role}"')
