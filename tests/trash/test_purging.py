"""Deleted for good: by hand, or because its time is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.errors import NotFound
from apps.core.events import handles
from apps.core.events import registry as event_registry
from apps.core.models import Delivery, SettingOverride, Tenant, TrashEntry
from apps.core.tasks import purge_trash
from apps.core.tenancy.context import tenant_context, trash_context
from apps.core.trash import services
from apps.core.trash.events import TrashPurged
from apps.core.trash.services import StillInUse, purge_due_entries, purge_entry
from apps.courses.factories import CourseFactory
from apps.files.models import File, FileVersion, Folder, Upload
from apps.users.models import User
from tests.trash.conftest import Hooks, names, new_file, new_folder, trash


def rows_of_all() -> set[str]:
    with trash_context():
        return names()


def age(entry: TrashEntry, days: int) -> None:
    TrashEntry.objects.filter(id=entry.id).update(deleted_at=timezone.now() - timedelta(days=days))


@pytest.mark.usefixtures("no_hooks")
def test_it_is_gone_with_everything_below(tree: dict[str, Any]) -> None:
    FileVersion.objects.create(
        file=tree["g"], blob_id=tree["g"].blob_id, number=1, name="g", size_bytes=1, media_type="text/plain"
    )
    Upload.objects.create(folder=tree["c"], name="u", size_bytes=1, key="u", expires_at=timezone.now())
    entry = trash(tree["b"])

    count = purge_entry(entry=entry)

    assert count == 3
    assert rows_of_all() == {"a", "f", "z"}
    assert (FileVersion.objects.count(), Upload.objects.count(), TrashEntry.objects.count()) == (0, 0, 0)
    with pytest.raises(NotFound):
        purge_entry(entry=entry)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_was_deleted_from_below_it_earlier_goes_too(
    tree: dict[str, Any], hooks: Hooks, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_registry, "_handlers", {})

    def listen(event: TrashPurged) -> None:
        del event

    handles(TrashPurged)(listen)
    earliest, earlier = trash(tree["g"]), trash(tree["c"])
    entry = trash(tree["a"])
    hooks.calls.clear()

    count = purge_entry(entry=entry, by=learner)

    assert (earliest.row_count, earlier.row_count, entry.row_count, count) == (1, 1, 3, 5)
    assert rows_of_all() == {"z"}
    assert not TrashEntry.objects.exists()
    assert hooks.calls == [
        ("before_purge", "File", {"f", "g"}, learner),
        ("before_purge", "Folder", {"a", "b", "c"}, learner),
    ]
    told = Delivery.objects.values_list("payload", flat=True)
    assert {(each["entry_id"], each["actor_id"]) for each in told} == {
        (str(each.id), str(learner.id)) for each in (earliest, earlier, entry)
    }


def test_what_a_hook_raises_keeps_it(tree: dict[str, Any], hooks: Hooks) -> None:
    earlier, entry = trash(tree["c"]), trash(tree["a"])
    hooks.refuse = StillInUse()

    with pytest.raises(StillInUse):
        purge_entry(entry=entry)

    assert len(rows_of_all()) == 6
    with trash_context():
        assert Folder.objects.get(name="c").trash_entry_id == earlier.id


@pytest.mark.usefixtures("no_hooks")
def test_what_something_outside_still_needs_is_kept(tree: dict[str, Any], instructor: User) -> None:
    course = CourseFactory.create()
    type(course).objects.filter(id=course.id).update(thumbnail_file=tree["g"])
    entry = trash(tree["a"])

    with pytest.raises(StillInUse):
        purge_entry(entry=entry)

    assert len(rows_of_all()) == 6


@pytest.mark.usefixtures("no_hooks")
def test_a_large_deletion_goes_batch_by_batch(in_school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    top = new_folder("top")
    for number in range(7):
        new_file(f"f{number}", new_folder(f"d{number}", top))
    entry = trash(top)

    assert purge_entry(entry=entry) == 15
    assert rows_of_all() == set()


@pytest.mark.usefixtures("no_hooks")
def test_a_deletion_of_a_kind_that_the_code_no_longer_has_is_forgotten(in_school: Tenant) -> None:
    entry = TrashEntry.objects.create(kind="old.thing", object_id=in_school.id, name="x", deleted_at=timezone.now())

    assert purge_entry(entry=entry) == 0
    assert not TrashEntry.objects.exists()


@pytest.mark.usefixtures("no_hooks")
def test_the_clock_purges_what_each_school_has_kept_long_enough(
    school: Tenant, other_school: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for tenant in (school, other_school):
        with tenant_context(tenant):
            for days in (1, 8, 31):
                age(trash(new_folder(f"{days} days")), days)
    with tenant_context(other_school):
        SettingOverride.objects.create(key="trash.days", value=7)

    assert purge_trash() == 3

    with tenant_context(school):
        assert rows_of_all() == {"1 days", "8 days"}
    with tenant_context(other_school):
        assert rows_of_all() == {"1 days"}


def test_one_that_cannot_go_keeps_none_of_the_others(
    in_school: Tenant, hooks: Hooks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    child = new_folder("child", parent := new_folder("parent"))
    entries = [trash(row) for row in (new_folder("kept"), child, parent, new_file("f"), new_folder("last"))]
    for entry in entries:
        age(entry, 40)
    purge = services.purge_entry

    def refuse_one(*, entry: TrashEntry) -> int:
        if entry.name == "kept":
            raise StillInUse
        return purge(entry=entry)

    monkeypatch.setattr(services, "purge_entry", refuse_one)

    count = purge_due_entries(now=timezone.now())

    assert count == 4
    assert rows_of_all() == {"kept"}
    assert [record.message for record in caplog.records] == ["purge_refused"]


@pytest.mark.usefixtures("no_hooks")
def test_a_child_due_with_its_parent_may_be_gone_already(in_school: Tenant) -> None:
    parent = new_folder("parent")
    child = new_folder("child", parent)
    of_child, of_parent = trash(child), trash(parent)
    age(of_child, 40)
    age(of_parent, 50)

    count = purge_due_entries(now=timezone.now())

    assert count == 1
    assert rows_of_all() == set()
    assert not File.objects.exists()
