"""What foreign keys don't see: that a row lies in the trash.

PostgreSQL checks references outside of row-level security, so a new row could refer to one that has just been
deleted. A trigger on every reference to a trashable table looks through the policies: it finds the row out of the
trash and holds it there until the commit, or refuses as if it were not there. A deletion that holds the row is waited
for, and waits in turn: a child is either seen and taken along, or not added.
"""

import hashlib
from typing import Any, Final

from django.db import models
from django.db.backends.utils import CursorWrapper

from apps.core.trash.models import TrashableModel

TRIGGER_PREFIX: Final = "trash_reference_"

# Not there at all, or another tenant's: the composite foreign key decides at the commit.
CREATE_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION core_refuse_reference_into_trash() RETURNS trigger LANGUAGE plpgsql AS $refuse$
DECLARE
    v_id uuid;
    v_found boolean;
    v_trash text := coalesce(current_setting('app.trash', true), '');
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO v_id USING NEW;
    EXECUTE format('SELECT true FROM %I WHERE id = $1 FOR KEY SHARE', TG_ARGV[0]) INTO v_found USING v_id;
    IF v_found THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('app.trash', 'on', true);
    EXECUTE format('SELECT true FROM %I WHERE id = $1', TG_ARGV[0]) INTO v_found USING v_id;
    PERFORM set_config('app.trash', v_trash, true);
    IF v_found THEN
        RAISE foreign_key_violation
            USING MESSAGE = format('%s.%s refers to a row of %s in the trash', TG_TABLE_NAME, TG_ARGV[1], TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $refuse$
"""


def apply_reference_triggers(cursor: CursorWrapper, model: type[models.Model], fields: list[Any]) -> None:
    """Bring the triggers of the table of `model` to its references; `fields` are those to tables that are there."""
    table = model._meta.db_table
    wanted = {
        f"{TRIGGER_PREFIX}{hashlib.sha256(definition.encode()).hexdigest()[:12]}": definition
        for field in fields
        if issubclass(field.related_model, TrashableModel)
        for definition in _definitions(table, field)
    }
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND starts_with(tgname, %s)",
        [table, TRIGGER_PREFIX],
    )
    there = {name for (name,) in cursor.fetchall()}
    for name in there - wanted.keys():
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
    for name in wanted.keys() - there:
        cursor.execute(f'CREATE TRIGGER "{name}" {wanted[name]}')


def _definitions(table: str, field: Any) -> tuple[str, str]:
    column, target = field.column, field.related_model._meta.db_table
    call = f"EXECUTE FUNCTION core_refuse_reference_into_trash('{target}', '{column}')"
    is_new = f'NEW."{column}" IS NOT NULL'
    is_changed = f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
    return (
        f'AFTER INSERT ON "{table}" FOR EACH ROW WHEN ({is_new}) {call}',
        f'AFTER UPDATE OF "{column}" ON "{table}" FOR EACH ROW WHEN ({is_new} AND {is_changed}) {call}',
    )
