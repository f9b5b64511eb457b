"""Commands: a new school, demo data, and a school emptied in one go."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from tqdm import tqdm

from apps.core import demo
from apps.core.demo import DemoSchool, ensure_demo_schools
from apps.core.management.commands import seed_demo_data
from apps.core.models import SettingOverride, Tenant
from apps.core.services import delete_tenant_objects, delete_tenant_rows, deletion
from apps.core.services.tenants import NotChangeable, change_tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import current_scope, platform_context, tenant_context
from apps.core.tenancy.locks import guarded_tables
from apps.users.factories import GroupFactory, start_session_of
from apps.users.models import Group, GroupMembership, User


def test_a_school_is_made_from_the_shell(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_tenant", "Acme Learning", "acme")

    with platform_context(reason="test"):
        assert [(str(tenant), tenant.slug) for tenant in Tenant.objects.all()] == [("Acme Learning", "acme")]
    assert "Acme Learning (acme) is there." in capsys.readouterr().out


@pytest.mark.parametrize(("slug", "reason"), [("maple", "Another school has this slug"), ("Not A Slug", "lower-case")])
def test_a_school_that_cannot_be_made_says_why(school: Tenant, slug: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("create_tenant", "Acme", slug)


def test_other_fields_of_a_tenant_are_not_set_by_hand(school: Tenant) -> None:
    with platform_context(reason="test"), pytest.raises(NotChangeable):
        change_tenant(tenant=school, changes={"status": "archived"}, by=None)


def counts_of(tenant: Tenant) -> dict[str, int]:
    found = {}
    with tenant_context(tenant), connection.cursor() as cursor:
        for guarded in guarded_tables():
            if guarded.column == "tenant_id":
                cursor.execute(f'SELECT count(*) FROM "{guarded.table}"')
                found[guarded.table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db(transaction=True)
def test_a_school_is_emptied_and_its_neighbour_stays(
    school: Tenant, other_school: Tenant, admin: User, stranger: User
) -> None:
    for tenant, user in ((school, admin), (other_school, stranger)):
        start_session_of(user)
        with tenant_context(tenant):
            GroupMembership.objects.create(group=GroupFactory.create(), user=user)
            SettingOverride.objects.create(key="a.b", value=1)
            kind = ContentType.objects.get_for_model(Group)
            LogEntry.objects.create(user_id=user.id, content_type=kind, object_repr="x", action_flag=1)
    before = counts_of(other_school)

    deleted = delete_tenant_rows(tenant=school)

    assert deleted == 6
    assert set(counts_of(school).values()) == {0}
    assert counts_of(other_school) == before
    assert LogEntry.objects.count() == 1


def test_the_objects_of_a_school_go_and_its_neighbours_stay(
    school: Tenant, other_school: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    store = object_store()
    for tenant in (school, other_school):
        for number in range(3):
            store.write(f"{tenant.id}/uploads/{number}", [b"bytes"], media_type="text/plain")
        store.start_multipart(f"{tenant.id}/uploads/parts", media_type="text/plain")
        default_storage.save(f"tenants/{tenant.id}/certificates/1.pdf", ContentFile(b"a name"))

    deleted = delete_tenant_objects(tenant=school)

    assert deleted == 4
    assert not default_storage.exists(f"tenants/{school.id}/certificates/1.pdf")
    assert default_storage.exists(f"tenants/{other_school.id}/certificates/1.pdf")
    assert list(store.objects(f"{school.id}/")) == []
    assert list(store.open_multiparts(f"{school.id}/")) == []
    assert len(list(store.objects(f"{other_school.id}/"))) == 3
    assert len(list(store.open_multiparts(f"{other_school.id}/"))) == 1


@pytest.mark.usefixtures("db")
def test_documents_go_from_stores_too_that_list_whole_names(school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"tenants/{school.id}/certificates/1.pdf"
    default_storage.save(name, ContentFile(b"a name"))
    monkeypatch.setattr(default_storage, "listdir", lambda _folder: ([], [name]), raising=False)

    assert delete_tenant_objects(tenant=school) == 1
    assert not default_storage.exists(name)


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Put two apps of a test in place of the real ones; return what they saw."""
    seen: list[tuple[Any, ...]] = []

    def seed_first(school: DemoSchool) -> None:
        seen.append(("first", school.slug, school.mail_domain, school.random.random()))
        school.shared["note"] = school.slug
        school.advance(2)
        school.advance(5)
        GroupFactory.create(name=f"Group {len(seen)}")

    def seed_second(school: DemoSchool) -> None:
        seen.append(("second", school.shared["note"], current_scope().tenant_id == school.tenant.id))
        school.advance()

    first: Any = SimpleNamespace(
        seed_demo=seed_first,
        seed_platform_demo=lambda: seen.append(("platform", current_scope().platform)),
        DEMO_STEPS=3,
    )
    second: Any = SimpleNamespace(seed_demo=seed_second)
    monkeypatch.setattr(seed_demo_data, "demo_modules", lambda: iter([("first", first), ("second", second)]))
    return seen


def test_apps_seed_in_order_inside_each_school(
    db: None, seeded: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seed_demo_data")

    assert seeded[0] == ("platform", True)
    assert [entry[:2] for entry in seeded[1:]] == [
        ("first", "acme"),
        ("second", "acme"),
        ("first", "techu"),
        ("second", "techu"),
    ]
    assert seeded[1][2] == "acme.local"
    assert seeded[2][2] is True
    printed = capsys.readouterr()
    assert [line.split() for line in printed.out.splitlines()] == [
        ["Acme", "Learning", "TechU", "Academy"],
        ["groups", "1", "1"],
    ]
    assert "8/8" in printed.err


def test_chance_is_the_same_at_every_run(db: None, seeded: list[tuple[Any, ...]]) -> None:
    call_command("seed_demo_data", "--clear", verbosity=0)
    call_command("seed_demo_data", "--clear", verbosity=0)

    assert seeded[1][3] == seeded[6][3]
    assert seeded[1][3] != seeded[3][3]


def test_a_cleared_school_starts_anew(db: None, seeded: list[tuple[Any, ...]]) -> None:
    acme, _ = ensure_demo_schools()
    with tenant_context(acme):
        GroupFactory.create(name="Old")
    object_store().write(f"{acme.id}/uploads/old", [b"bytes"], media_type="text/plain")

    call_command("seed_demo_data", "--clear", verbosity=0)

    with tenant_context(acme):
        assert not Group.objects.filter(name="Old").exists()
    assert object_store().stat(f"{acme.id}/uploads/old") is None


def test_demo_schools_are_put_right(db: None) -> None:
    first = ensure_demo_schools()
    with platform_context(reason="test"):
        Tenant.objects.update(name="Changed", status="suspended")

    again = ensure_demo_schools()

    assert [school.id for school in again] == [school.id for school in first]
    assert [(school.name, school.status) for school in again] == [
        ("Acme Learning", "active"),
        ("TechU Academy", "active"),
    ]


def test_apps_without_demo_data_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = ModuleType("empty")
    monkeypatch.setattr(demo, "import_module", lambda _: empty)

    assert list(demo.demo_modules()) == []


def test_apps_with_demo_data_come_in_the_order_of_the_floors() -> None:
    labels = [label for label, _ in demo.demo_modules()]

    assert labels[:2] == ["users", "files"]


def test_nobody_has_to_watch() -> None:
    tenant = Tenant(slug="acme")
    school = DemoSchool(tenant=tenant, random=None, now=None)  # type: ignore[arg-type]  # not looked at

    school.advance()

    with tqdm(total=0, disable=True) as bar:
        assert seed_demo_data.Share(bar, 2).left == 2
