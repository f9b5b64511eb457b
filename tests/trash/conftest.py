"""Folders and files, made directly: the trash is what these tests are about."""

from typing import Any, cast

import pytest
from django.utils import timezone

from apps.core.ids import new_id
from apps.core.models import Tenant, TrashEntry
from apps.core.trash import registry
from apps.core.trash.services import move_to_trash
from apps.files.models import Blob, File, Folder
from apps.users.models import User


def new_folder(name: str, parent: Folder | None = None) -> Folder:
    """Make a folder of the open school."""
    return Folder.objects.create(name=name, parent=parent, visibility="school")


def new_file(name: str, folder: Folder | None = None) -> File:
    """Make a file of the open school, with bytes of its own."""
    key = new_id().hex
    blob = Blob.objects.create(key=key, sha256=key, size_bytes=1, media_type="text/plain")
    return File.objects.create(name=name, folder=folder, blob=blob, size_bytes=1, media_type="text/plain")


def names() -> set[str]:
    """Return what the open school's folders and files are called, as far as they can be seen."""
    return {*Folder.objects.values_list("name", flat=True), *File.objects.values_list("name", flat=True)}


def trash(row: Any, by: User | None = None) -> TrashEntry:
    """Delete a folder or file."""
    return move_to_trash(obj=row, name=row.name, by=by, now=timezone.now())


@pytest.fixture
def tree(in_school: Tenant) -> dict[str, Any]:
    """Make a/{f, b/{c/{g}}} and z; return them by name."""
    a = new_folder("a")
    b = new_folder("b", a)
    c = new_folder("c", b)
    return {"a": a, "b": b, "c": c, "f": new_file("f", a), "g": new_file("g", c), "z": new_folder("z")}


class Hooks:
    """What the hooks of files and folders were called with: (hook, model, names, actor)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, set[str], User | None]] = []
        self.refuse: Exception | None = None

    def named(self, hook: str) -> registry.Hook:
        def run(rows: Any, by: Any) -> None:
            found = set(rows.values_list("name", flat=True))
            self.calls.append((hook, rows.model.__name__, found, cast("User | None", by)))
            if self.refuse:
                raise self.refuse

        return run


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """Listen to what happens to folders and files, instead of the app that owns them."""
    found = Hooks()
    monkeypatch.setattr(registry, "_registered", {})
    for model in (Folder, File):
        registry.register_trashable(
            model,
            after_trash=found.named("after_trash"),
            after_restore=found.named("after_restore"),
            before_purge=found.named("before_purge"),
        )
    return found


@pytest.fixture
def no_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the rules of the app that owns the models out: theirs are tested there."""
    monkeypatch.setattr(registry, "_registered", {})
