"""What lies in the trash is hidden by the database, whoever asks and however."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.services import delete_tenant_rows
from apps.core.tenancy.context import current_scope, platform_context, tenant_context, trash_context
from apps.files.models import File, FileVersion, Folder
from apps.users.entry import TenantHint, enter
from tests.trash.conftest import names, new_file, new_folder, trash

pytestmark = pytest.mark.usefixtures("no_hooks")


def execute(sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_no_query_finds_changes_or_deletes_it(tree: dict[str, Any]) -> None:
    trash(tree["b"])

    assert names() == {"a", "f", "z"}
    assert not Folder.objects.filter(id=tree["b"].id).exists()
    assert Folder.objects.filter(children__name="b").count() == 0
    assert execute("SELECT name FROM files_folder WHERE id = %s", tree["b"].id) == []
    assert execute("UPDATE files_folder SET name = 'x' WHERE id = %s", tree["b"].id) == 0
    assert execute("DELETE FROM files_folder WHERE id = %s", tree["b"].id) == 0
    with pytest.raises(Folder.DoesNotExist):
        tree["b"].refresh_from_db()


def test_in_a_trash_context_it_is_in_sight_until_the_block_ends(tree: dict[str, Any]) -> None:
    trash(tree["a"])

    with trash_context():
        assert names() == {"a", "b", "c", "f", "g", "z"}

    assert names() == {"z"}


def test_a_context_opened_inside_of_a_trash_context_hides_it_again(tree: dict[str, Any], school: Tenant) -> None:
    trash(tree["a"])

    with trash_context():
        with tenant_context(school):
            assert names() == {"z"}
        assert len(names()) == 6


def test_above_all_tenants_it_is_hidden_too(tree: dict[str, Any]) -> None:
    trash(tree["a"])

    with platform_context(reason="test"):
        assert names() == {"z"}
        with trash_context():
            assert current_scope().platform
            assert len(names()) == 6


def test_the_neighbours_trash_stays_the_neighbours(tree: dict[str, Any], other_school: Tenant) -> None:
    trash(tree["a"])

    with tenant_context(other_school), trash_context():
        assert names() == set()


def test_nothing_gets_into_the_trash_outside_of_a_trash_context(tree: dict[str, Any]) -> None:
    entry = trash(tree["a"])

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Folder.objects.filter(name="z").update(trash_entry=entry)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Folder.objects.create(name="y", visibility="school", trash_entry=entry)


@pytest.mark.parametrize("hint", [TenantHint(), TenantHint(slug="maple"), TenantHint(slug="nowhere")])
def test_a_request_enters_without_the_trash_at_the_same_price(school: Tenant, hint: TenantHint) -> None:
    with tenant_context(school), trash_context():
        Folder.objects.count()
    assert execute_raw("SELECT current_setting('app.trash', true)") == "on"

    with CaptureQueriesContext(connection) as queries:
        enter(None, hint)

    assert len(queries) == 1
    assert execute_raw("SELECT current_setting('app.trash', true)") == ""


def execute_raw(sql: str) -> Any:
    """Ask behind the connection's back, so that it tells the database nothing."""
    with connection.connection.cursor() as cursor:
        return cursor.execute(sql).fetchone()[0]


def test_a_new_row_cannot_refer_to_it(tree: dict[str, Any]) -> None:
    trash(tree["a"])

    for refer in (
        lambda: new_folder("y", tree["a"]),
        lambda: new_file("y", tree["a"]),
        lambda: Folder.objects.filter(name="z").update(parent=tree["a"]),
        lambda: FileVersion.objects.create(file=tree["f"], blob_id=tree["f"].blob_id, number=1, name="f", size_bytes=1),
    ):
        with pytest.raises(IntegrityError, match="in the trash"), transaction.atomic():
            refer()
    assert names() == {"z"}


def test_a_row_may_come_before_the_one_that_it_refers_to(in_school: Tenant) -> None:
    parent = Folder(id=new_id(), name="a", visibility="school")

    with transaction.atomic():
        new_folder("b", parent)
        parent.save(force_insert=True)
        execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert names() == {"a", "b"}


def test_a_reference_to_nothing_is_refused_by_the_foreign_key(in_school: Tenant) -> None:
    new_folder("b", Folder(id=new_id()))

    with pytest.raises(IntegrityError, match="tenant_fk"):
        execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_refers_to_it_already_may_change(tree: dict[str, Any]) -> None:
    trash(tree["a"])

    with trash_context():
        File.objects.filter(name="f").update(name="renamed", folder=tree["a"])

        assert "renamed" in names()


def test_a_tenants_rows_are_deleted_with_its_trash(tree: dict[str, Any], school: Tenant) -> None:
    trash(tree["a"])

    delete_tenant_rows(tenant=school)

    with trash_context():
        assert names() == set()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
