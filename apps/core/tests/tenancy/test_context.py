"""Lock 1 and the connection's half of lock 3: whose rows the next statement may touch."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import ProgrammingError

from apps.core.models import SettingOverride, Tenant
from apps.core.tenancy.context import (
    NO_SCOPE,
    NoTenantContext,
    current_scope,
    current_tenant_id,
    platform_context,
    tenant_context,
)


def told() -> tuple[str, str]:
    """Ask the database itself whose rows it shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true), current_setting('app.platform', true)")
        tenant, platform = cursor.fetchone()
    return tenant or "", platform or ""


def test_contexts_nest_and_the_outer_one_comes_back(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(school):
        with tenant_context(other_school.id):
            assert current_tenant_id() == other_school.id
            with platform_context(reason="test"):
                assert current_scope().platform
                assert told() == ("", "on")
            assert told() == (str(other_school.id), "")
        assert current_tenant_id() == school.id
        assert told() == (str(school.id), "")
    assert current_scope() == NO_SCOPE
    assert told() == ("", "")


def test_an_exception_closes_the_context(school: Tenant) -> None:
    with pytest.raises(KeyError), tenant_context(school):
        raise KeyError

    assert current_scope() == NO_SCOPE


def test_outside_of_any_context_nothing_can_be_asked_or_made(db: None) -> None:
    with pytest.raises(NoTenantContext):
        list(SettingOverride.objects.all())
    with pytest.raises(NoTenantContext):
        current_tenant_id()
    assert list(Tenant.objects.all()) == []


def test_a_platform_context_is_no_tenant(school: Tenant) -> None:
    with platform_context(reason="test"), pytest.raises(NoTenantContext):
        current_tenant_id()


def test_a_queryset_made_elsewhere_is_bound_when_it_runs(school: Tenant, other_school: Tenant) -> None:
    queryset = SettingOverride.objects.order_by("key")
    for tenant in (school, other_school):
        with tenant_context(tenant):
            SettingOverride.objects.create(key=f"of.{tenant.slug}", value=1)

    with tenant_context(school):
        mine = list(queryset.values_list("key", flat=True))
    with platform_context(reason="test"):
        all_of_them = list(queryset.all().values_list("key", flat=True))

    assert mine == ["of.maple"]
    assert all_of_them == ["of.birch", "of.maple"]


def test_a_join_is_bound_too(school: Tenant) -> None:
    with tenant_context(school):
        SettingOverride.objects.create(key="a.b", value=1)

        assert SettingOverride.objects.filter(tenant__slug="maple").count() == 1


def test_writes_to_a_tenants_rows_from_above_are_refused(school: Tenant) -> None:
    with tenant_context(school):
        SettingOverride.objects.create(key="a.b", value=1)

    with platform_context(reason="test"):
        assert SettingOverride.objects.update(value=2) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SettingOverride.objects.create(tenant=school, key="c.d", value=1)


def test_the_database_is_told_anew_after_a_savepoint_is_rolled_back(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(school):
        assert told() == (str(school.id), "")
        with transaction.atomic(), tenant_context(other_school):
            assert told() == (str(other_school.id), "")
            transaction.set_rollback(True)

        assert told() == (str(school.id), "")


@pytest.mark.django_db(transaction=True)
def test_the_database_is_told_anew_after_a_transaction_is_rolled_back(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(school):
        told()
    with transaction.atomic(), tenant_context(other_school):
        assert told() == (str(other_school.id), "")
        transaction.set_rollback(True)

    with tenant_context(other_school):
        assert told() == (str(other_school.id), "")
    with tenant_context(school):
        assert told() == (str(school.id), "")


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told(school: Tenant) -> None:
    with tenant_context(school):
        told()
        connection.close()

        assert told() == (str(school.id), "")


def test_telling_is_tried_again_after_it_failed(school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError

    with tenant_context(school):
        with monkeypatch.context() as broken:
            broken.setattr(connection, "cursor", fail)
            with pytest.raises(OperationalError):
                connection.synchronize_scope()  # type: ignore[attr-defined]  # of our wrapper

        assert told() == (str(school.id), "")


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[None]:
    """Work as behind a transaction pooler."""
    connection._pooled = True  # type: ignore[attr-defined]
    yield
    connection._pooled = False  # type: ignore[attr-defined]
    connection.close()


@pytest.mark.usefixtures("pooled")
def test_behind_a_pooler_the_scope_ends_with_the_transaction(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(school):
        assert told() == (str(school.id), "")
    assert connection.connection.execute("SELECT current_setting('app.tenant_id', true)").fetchone()[0] in {"", None}

    with transaction.atomic():
        with tenant_context(school):
            assert told() == (str(school.id), "")
        with tenant_context(other_school):
            assert told() == (str(other_school.id), "")
    with tenant_context(school):
        SettingOverride.objects.create(key="a.b", value=1)
        assert SettingOverride.objects.count() == 1


@pytest.mark.usefixtures("pooled")
def test_behind_a_pooler_a_statement_that_set_the_scope_is_not_relied_on(school: Tenant) -> None:
    with tenant_context(school):
        with connection.scope_set_by_statement() as note_scope:  # type: ignore[attr-defined]  # of our wrapper
            note_scope(current_scope())

        assert told() == (str(school.id), "")


def test_the_database_is_told_once(school: Tenant) -> None:
    with tenant_context(school):
        told()

        connection.synchronize_scope()  # type: ignore[attr-defined]

        assert told() == (str(school.id), "")


def test_rows_are_streamed_in_the_scope_too(in_school: Tenant) -> None:
    SettingOverride.objects.create(key="a.b", value=1)

    assert [row.key for row in SettingOverride.objects.iterator()] == ["a.b"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_of_another_time_zone_is_djangos_own(school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "timezone_name", "Asia/Tokyo")
    monkeypatch.setattr(connection, "timezone", ZoneInfo("Asia/Tokyo"))
    connection.close()

    with tenant_context(school):
        created_at = Tenant.objects.get().created_at

    connection.close()
    assert created_at.utcoffset() == timedelta(hours=9)


def test_the_managers_narrow_by_themselves_where_row_level_security_would_let_everything_through(
    school: Tenant, other_school: Tenant
) -> None:
    for tenant in (school, other_school):
        with tenant_context(tenant):
            SettingOverride.objects.create(key=tenant.slug, value=1)

    with tenant_context(school), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.platform', 'on', true)")  # behind the connection's back
        cursor.execute("SELECT count(*) FROM core_settingoverride")
        rows_without_narrowing = cursor.fetchone()
        found = SettingOverride.objects.values_list("key", flat=True)

        assert rows_without_narrowing == (2,)
        assert list(found) == [school.slug]
        assert not SettingOverride.objects.filter(key=other_school.slug).exists()
