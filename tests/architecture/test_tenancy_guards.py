"""What must hold of every table of tenants, whichever app it is in, now and later."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.core.checks import check_tenant_models
from apps.core.tenancy.locks import Guarded, guarded_tables, tenant_references
from apps.core.trash.models import TrashableModel
from lms_backend.environment import BASE_DIR

# Who may look across tenants, and why.
MAY_OPEN_A_PLATFORM_CONTEXT = {
    "apps/certificates/selectors.py": "anybody may verify a certificate, by its number alone",
    "apps/core/admin_site.py": "platform staff on the platform's own host",
    "apps/core/demo.py": "finds or makes the demo schools",
    "apps/core/each_tenant.py": "lists tenants, for the clock to look after each inside its own context",
    "apps/core/events/outbox.py": "finds due deliveries of all tenants; events of the platform itself",
    "apps/core/factories.py": "test data",
    "apps/core/jobs/dispatching.py": "finds jobs of all tenants that wait for a worker",
    "apps/core/management/commands/seed_demo_data.py": "demo rows of the platform itself",
    "apps/core/selectors.py": "settings that the platform chose for all tenants",
    "apps/core/services/tenants.py": "a tenant can't be made inside of itself",
    "apps/core/tasks.py": "purges deliveries and records of the platform itself",
    "apps/core/tenancy/context.py": "defines it",
    "apps/users/backends.py": "finds the account of an admin session before its tenant is known",
    "apps/users/factories.py": "test data",
    "apps/users/management/commands/create_admin.py": "finds the tenant by its slug",
    "apps/users/management/commands/createsuperuser.py": "makes an account of the platform's staff",
    "apps/users/middleware.py": "platform staff on the platform's own host",
    "apps/users/scopes.py": "the scope of an account: its tenant, or the platform for its staff",
    "apps/users/services/switching.py": "finds the accounts of one address in other tenants",
    "apps/users/tasks.py": "purges sessions and avatars of the platform's staff",
}

# Who may see what lies in the trash, and why.
MAY_SEE_THE_TRASH = {
    "apps/core/services/deletion.py": "a tenant that leaves takes its trash along",
    "apps/core/tenancy/context.py": "defines it",
    "apps/core/trash/services.py": "moves, restores and purges",
    "apps/files/services/folders.py": "what lies in the trash comes back to its place: it moves with its folder",
}

TABLES = sorted(guarded_tables(), key=lambda guarded: guarded.table)
TENANT_TABLES = [guarded for guarded in TABLES if guarded.column == "tenant_id"]


def named(guarded: Guarded) -> str:
    return guarded.table


def rows_of(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_the_role_of_web_and_workers_is_bound_by_the_policies(db: None) -> None:
    ((name, is_superuser, bypasses),) = rows_of(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    owned = rows_of("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
    is_member_of_owner = rows_of(
        "SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'USAGE')"
    )

    assert name == settings.DATABASE_RUNTIME_ROLE
    assert (is_superuser, bypasses, owned, is_member_of_owner) == (False, False, [], [])


@pytest.mark.parametrize("guarded", TABLES, ids=named)
def test_row_level_security_is_on_and_forced(db: None, guarded: Guarded) -> None:
    flags = rows_of("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", guarded.table)
    policies = rows_of("SELECT cmd, permissive FROM pg_policies WHERE tablename = %s ORDER BY cmd", guarded.table)

    assert flags == [(True, True)]
    assert policies == [(command, "PERMISSIVE") for command in ("DELETE", "INSERT", "SELECT", "UPDATE")]


@pytest.mark.parametrize("guarded", TENANT_TABLES, ids=named)
def test_every_table_has_the_key_that_composite_references_need(db: None, guarded: Guarded) -> None:
    keys = rows_of(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
        guarded.table,
    )

    assert ("UNIQUE (tenant_id, id)",) in keys


@pytest.mark.parametrize("guarded", TENANT_TABLES, ids=named)
def test_every_reference_between_tenant_tables_carries_the_tenant(db: None, guarded: Guarded) -> None:
    keys = {
        definition
        for (definition,) in rows_of(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            guarded.table,
        )
    }
    wanted = {
        f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {field.related_model._meta.db_table}(tenant_id, id) "
        f"DEFERRABLE INITIALLY DEFERRED"
        for field in tenant_references(guarded.model)
    }

    assert wanted <= keys


@pytest.mark.parametrize("guarded", TENANT_TABLES, ids=named)
def test_references_and_lists_find_an_index_that_leads_with_the_tenant(db: None, guarded: Guarded) -> None:
    leading = rows_of(
        "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
        "AND a.attnum = i.indkey[0] WHERE i.indrelid = %s::regclass AND a.attname = 'tenant_id'",
        guarded.table,
    )

    assert leading


def test_the_models_pass_the_checks_of_tenancy() -> None:
    assert check_tenant_models(None) == []


def files_that_call(name: str) -> set[str]:
    calls = re.compile(rf"\b{name}\(")
    sources = [
        path
        for folder in ("apps", "lms_backend")
        for path in (BASE_DIR / folder).rglob("*.py")
        if "tests" not in path.relative_to(BASE_DIR).parts
    ]
    return {str(path.relative_to(BASE_DIR)) for path in sources if calls.search(path.read_text())}


def test_only_listed_files_look_across_tenants() -> None:
    assert files_that_call("platform_context") == MAY_OPEN_A_PLATFORM_CONTEXT.keys()


def test_only_listed_files_see_the_trash() -> None:
    assert files_that_call("trash_context") == MAY_SEE_THE_TRASH.keys()


TRASHABLE = [guarded for guarded in TENANT_TABLES if issubclass(guarded.model, TrashableModel)]


@pytest.mark.parametrize("guarded", TRASHABLE, ids=named)
def test_every_policy_of_a_trashable_table_hides_the_trash(db: None, guarded: Guarded) -> None:
    policies = rows_of("SELECT concat(qual, with_check) FROM pg_policies WHERE tablename = %s", guarded.table)

    assert len(policies) == 4
    assert all("app.trash" in condition for (condition,) in policies)


@pytest.mark.parametrize("guarded", TENANT_TABLES, ids=named)
def test_every_reference_to_a_trashable_table_is_kept_out_of_the_trash(db: None, guarded: Guarded) -> None:
    triggers = rows_of(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal "
        "AND tgfoid = 'core_refuse_reference_into_trash'::regproc",
        guarded.table,
    )
    wanted = {
        f"core_refuse_reference_into_trash('{field.related_model._meta.db_table}', '{field.column}')"
        for field in tenant_references(guarded.model)
        if issubclass(field.related_model, TrashableModel)
    }

    assert {definition.split("EXECUTE FUNCTION ")[1] for (definition,) in triggers} == wanted
    assert len(triggers) == 2 * len(wanted)
