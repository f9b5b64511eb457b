"""Into the trash and back, with everything below."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import Conflict, NotFound
from apps.core.events import handles
from apps.core.events import registry as event_registry
from apps.core.events.base import Event
from apps.core.models import Delivery, Tenant, TrashEntry
from apps.core.tenancy.context import trash_context
from apps.core.trash.events import TrashMoved, TrashRestored
from apps.core.trash.registry import label_of, model_of, register_trashable, trashable_of
from apps.core.trash.services import NameTaken, ParentInTrash, restore_from_trash
from apps.core.trash.tree import MAX_LEVELS, TooDeep
from apps.files.models import File, Folder
from apps.users.models import User
from tests.trash.conftest import Hooks, names, new_file, new_folder, trash


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscribe to every event, so that each leaves a delivery."""
    monkeypatch.setattr(event_registry, "_handlers", {})

    def listen(event: Event) -> None:
        del event

    handles(Event)(listen)


def emitted(event_type: type[Event]) -> list[dict[str, Any]]:
    return list(Delivery.objects.filter(event=event_type.name).order_by("id").values_list("payload", flat=True))


@pytest.mark.usefixtures("no_hooks")
def test_everything_below_goes_along(tree: dict[str, Any], learner: User) -> None:
    entry = trash(tree["b"], by=learner)

    assert names() == {"a", "f", "z"}
    assert tree["b"].trash_entry_id == entry.id
    found = TrashEntry.objects.values("kind", "object_id", "name", "row_count", "deleted_by_id").get()
    assert found == {
        "kind": "files.folder", "object_id": tree["b"].id, "name": "b", "row_count": 3, "deleted_by_id": learner.id,
    }  # fmt: skip


@pytest.mark.usefixtures("no_hooks")
def test_everything_comes_back_as_it_was(tree: dict[str, Any]) -> None:
    before = list(Folder.objects.order_by("id").values()), list(File.objects.order_by("id").values())
    entry = trash(tree["a"])

    back = restore_from_trash(entry=entry, by=None)

    assert (back.pk, back.trash_entry) == (tree["a"].id, None)
    assert (list(Folder.objects.order_by("id").values()), list(File.objects.order_by("id").values())) == before
    assert not TrashEntry.objects.exists()


@pytest.mark.usefixtures("no_hooks")
def test_a_row_without_anything_below_goes_and_comes_back_alone(tree: dict[str, Any]) -> None:
    entry = trash(tree["g"])

    assert (entry.kind, entry.row_count) == ("files.file", 1)
    assert names() == {"a", "b", "c", "f", "z"}
    assert restore_from_trash(entry=entry, by=None).pk == tree["g"].id
    assert len(names()) == 6


@pytest.mark.usefixtures("no_hooks")
def test_a_child_that_was_deleted_before_stays_behind_when_its_parent_comes_back(tree: dict[str, Any]) -> None:
    earlier = trash(tree["c"])
    later = trash(tree["a"])

    restore_from_trash(entry=later, by=None)

    assert (earlier.row_count, later.row_count) == (2, 3)
    assert names() == {"a", "b", "f", "z"}
    restore_from_trash(entry=earlier, by=None)
    assert names() == {"a", "b", "c", "f", "g", "z"}


@pytest.mark.usefixtures("no_hooks")
def test_nothing_comes_back_into_a_parent_in_the_trash(tree: dict[str, Any]) -> None:
    earlier = trash(tree["c"])
    later = trash(tree["a"])

    with pytest.raises(ParentInTrash) as caught:
        restore_from_trash(entry=earlier, by=None)

    assert caught.value.extra == {"trash_entry": str(later.id)}
    assert "a, which is in the trash" in caught.value.detail
    assert names() == {"z"}
    assert TrashEntry.objects.count() == 2


@pytest.mark.usefixtures("no_hooks")
def test_nor_into_one_whose_deletion_is_being_taken_back_at_this_moment(tree: dict[str, Any]) -> None:
    earlier, later = trash(tree["c"]), trash(tree["a"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_trashentry WHERE id = %s", [later.id])

    with pytest.raises(ParentInTrash, match="belongs to something"):
        restore_from_trash(entry=earlier, by=None)

    assert names() == {"z"}
    later.save(force_insert=True)


@pytest.mark.usefixtures("no_hooks")
def test_a_name_is_free_while_its_owner_lies_in_the_trash_and_whoever_took_it_keeps_it(tree: dict[str, Any]) -> None:
    entry = trash(tree["a"])
    new_folder("A")

    with pytest.raises(NameTaken):
        restore_from_trash(entry=entry, by=None)

    assert names() == {"A", "z"}
    with trash_context():
        assert Folder.objects.filter(trash_entry=entry).count() == 3
        assert File.objects.filter(trash_entry=entry).count() == 2


@pytest.mark.usefixtures("no_hooks")
def test_what_is_gone_cannot_go_again_nor_come_back_twice(tree: dict[str, Any]) -> None:
    entry = trash(tree["a"])
    with pytest.raises(NotFound):
        trash(tree["a"])
    with pytest.raises(NotFound):
        trash(tree["b"])
    restore_from_trash(entry=entry, by=None)
    with pytest.raises(NotFound):
        restore_from_trash(entry=entry, by=None)

    assert not TrashEntry.objects.exists()


@pytest.mark.usefixtures("no_hooks")
def test_a_deletion_of_a_kind_that_the_code_no_longer_has_does_not_come_back(in_school: Tenant) -> None:
    entry = TrashEntry.objects.create(
        kind="old.thing", object_id=in_school.id, name="x", deleted_at="2026-01-05T08:00:00Z"
    )

    with pytest.raises(NotFound):
        restore_from_trash(entry=entry, by=None)

    assert (model_of("old.thing"), label_of("old.thing")) == (None, "old.thing")


@pytest.mark.usefixtures("no_hooks")
def test_a_long_name_is_shortened(in_school: Tenant) -> None:
    folder = new_folder("a")
    folder.name = "x" * 300

    assert trash(folder).name == "x" * 255


@pytest.mark.usefixtures("no_hooks")
def test_the_number_of_statements_depends_on_the_levels_only(in_school: Tenant) -> None:
    counts = []

    for width in (3, 30):
        top = new_folder(f"top of {width}")
        for number in range(width):
            new_file(f"f{number}", new_folder(f"d{number}", top))
        with CaptureQueriesContext(connection) as moving:
            entry = trash(top)
        with CaptureQueriesContext(connection) as restoring:
            restore_from_trash(entry=entry, by=None)
        counts.append((len(moving), len(restoring)))
        assert entry.row_count == 1 + 2 * width
        assert sum(query["sql"].startswith("UPDATE") for query in moving) == 5  # itself, then twice two tables

    assert counts[0] == counts[1]


@pytest.mark.usefixtures("no_hooks")
def test_a_walk_that_is_too_long_leaves_everything_where_it_was(in_school: Tenant) -> None:
    chain = [new_folder("0")]
    for number in range(MAX_LEVELS + 1):
        chain.append(new_folder(str(number + 1), chain[-1]))

    with pytest.raises(TooDeep):
        trash(chain[0])

    assert Folder.objects.count() == MAX_LEVELS + 2
    assert trash(chain[1]).row_count == MAX_LEVELS + 1


def test_hooks_hear_what_goes_and_comes_by_whom(tree: dict[str, Any], hooks: Hooks, learner: User) -> None:
    entry = trash(tree["b"], by=learner)
    restore_from_trash(entry=entry, by=None)

    assert hooks.calls == [
        ("after_trash", "Folder", {"b", "c"}, learner),
        ("after_trash", "File", {"g"}, learner),
        ("after_restore", "Folder", {"b", "c"}, None),
        ("after_restore", "File", {"g"}, None),
    ]


@pytest.mark.parametrize("step", ["trash", "restore"])
def test_what_a_hook_raises_leaves_everything_as_it_was(tree: dict[str, Any], hooks: Hooks, step: str) -> None:
    entry = trash(tree["a"]) if step == "restore" else None
    before = names()
    hooks.refuse = Conflict("in use")

    with pytest.raises(Conflict, match="in use"):
        restore_from_trash(entry=entry, by=None) if entry else trash(tree["a"])

    assert names() == before
    assert TrashEntry.objects.count() == (1 if entry else 0)


@pytest.mark.usefixtures("no_hooks", "outbox")
def test_what_happened_is_told(tree: dict[str, Any], learner: User) -> None:
    entry = trash(tree["b"], by=learner)
    restore_from_trash(entry=entry, by=learner)

    facts = {
        "entry_id": str(entry.id), "kind": "files.folder", "object_id": str(tree["b"].id), "row_count": 3,
        "actor_id": str(learner.id),
    }  # fmt: skip
    assert emitted(TrashMoved) == [facts]
    assert emitted(TrashRestored) == [facts]


@pytest.mark.usefixtures("no_hooks")
def test_a_model_is_registered_once_and_has_a_name_without() -> None:
    assert trashable_of(Folder).label == "folder"
    register_trashable(Folder, label="place")

    with pytest.raises(ValueError, match="already"):
        register_trashable(Folder)

    assert label_of("files.folder") == "place"
