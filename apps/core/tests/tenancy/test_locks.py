"""Locks 3 and 4 are applied again and again, and follow the models."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from apps.core.tenancy.locks import _shortened, apply_locks, guarded_tables
from apps.core.tenancy.owner import owner_connection


@pytest.fixture
def owner(transactional_db: None) -> Iterator[None]:
    with owner_connection():
        yield


def objects() -> dict[str, list[tuple[str, ...]]]:
    """Return all policies, keys, triggers and grants of the schema."""
    questions = {
        "policies": "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
        "keys": "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conname ~ '_tenant_' ORDER BY 1, 2",
        "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
        "grants": "SELECT oid::regclass::text, relacl::text FROM pg_class WHERE relkind = 'r' ORDER BY 1",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, question in questions.items():
            cursor.execute(question)
            found[name] = cursor.fetchall()
    return found


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("owner")
def test_applying_twice_changes_nothing() -> None:
    before = objects()

    apply_locks()

    assert objects() == before


@pytest.mark.usefixtures("owner")
def test_what_is_missing_comes_back_and_what_is_stale_goes() -> None:
    before = objects()
    name = next(policy for table, policy, *_ in before["policies"] if table == "core_delivery")
    run(f'DROP POLICY "{name}" ON core_delivery')
    run("CREATE POLICY tenancy_read_old ON core_delivery FOR SELECT USING (true)")
    run("ALTER TABLE core_delivery DISABLE ROW LEVEL SECURITY")
    run("ALTER TABLE users_group DROP CONSTRAINT users_group_tenant_key CASCADE")  # with the reference to it
    run(
        "ALTER TABLE users_groupmembership ADD CONSTRAINT users_groupmembership_old_tenant_fk "
        "FOREIGN KEY (tenant_id, user_id) REFERENCES users_user (tenant_id, id)"
    )
    table, trigger = next(found for found in before["triggers"] if found[1].startswith("trash_reference_"))
    run(f'DROP TRIGGER "{trigger}" ON "{table}"')
    run(
        "CREATE TRIGGER trash_reference_old AFTER INSERT ON users_group FOR EACH ROW "
        "EXECUTE FUNCTION core_refuse_reference_into_trash('users_user', 'id')"
    )

    apply_locks()

    assert objects() == before


@pytest.mark.usefixtures("owner")
def test_tables_that_are_not_there_yet_are_left_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    before = objects()
    names = [name for name in connection.introspection.table_names() if name != "users_user"]
    monkeypatch.setattr(connection.introspection, "table_names", lambda: names)

    apply_locks()

    monkeypatch.undo()
    missing = {name for _, name in before["keys"]} - {name for _, name in objects()["keys"]}
    apply_locks()
    assert all(name.endswith("_tenant_fk") for name in missing)
    assert objects() == before


@pytest.mark.usefixtures("owner")
def test_where_one_role_does_both_nothing_is_granted(settings: Settings) -> None:
    before = objects()
    settings.DATABASE_RUNTIME_ROLE = ""

    apply_locks()

    assert objects() == before


def test_long_names_are_shortened_and_stay_apart() -> None:
    names = {_shortened("t" * 70 + end, "_tenant_fk") for end in ("a", "b")}

    assert len(names) == 2
    assert all(len(name) <= 63 and name.endswith("_tenant_fk") for name in names)


def test_the_table_of_tenants_is_guarded_by_its_own_id() -> None:
    columns = {guarded.table: guarded.column for guarded in guarded_tables()}

    assert columns.pop("core_tenant") == "id"
    assert set(columns.values()) == {"tenant_id"}


def test_the_owner_does_not_step_into_an_open_transaction(db: None) -> None:
    with pytest.raises(ImproperlyConfigured), owner_connection():
        pass


def test_where_one_role_does_both_the_connection_stays(db: None, settings: Settings) -> None:
    settings.DATABASE_OWNER = None

    with owner_connection():
        assert connection.settings_dict["USER"] == django_settings.DATABASE_RUNTIME_ROLE


@pytest.mark.django_db(transaction=True)
def test_the_old_role_is_back_after_the_owners_work() -> None:
    with owner_connection():
        run("SELECT 1")
        assert connection.settings_dict["USER"] != django_settings.DATABASE_RUNTIME_ROLE

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (django_settings.DATABASE_RUNTIME_ROLE,)


@pytest.mark.django_db(transaction=True)
def test_migrating_again_leaves_everything_as_it_is() -> None:
    before = objects()

    call_command("migrate", verbosity=0)

    assert objects() == before
