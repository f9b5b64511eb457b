"""Two connections at once: whoever comes second sees what the first has done, and nothing is left half deleted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.errors import NotFound
from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context, trash_context
from apps.core.trash.services import ParentInTrash, purge_entry, restore_from_trash
from apps.files.models import File, Folder
from tests.parallel import in_parallel
from tests.trash.conftest import names, new_file, new_folder, trash

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_school", "no_hooks")]


def within(school: Tenant, call: Callable[[], Any]) -> Callable[[], Any]:
    """Return `call` for another connection: in the school's context."""

    def run() -> Any:
        with tenant_context(school):
            return call()

    return run


def wait_until_blocked(pid: int) -> None:
    """Return once the server process `pid` waits for a lock of somebody else."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0, pg_sleep(0.01)", [pid])
            if cursor.fetchone()[0]:
                return
    pytest.fail("the other connection was expected to wait")


class Other:
    """A call on a connection of its own, begun inside of the test's transaction and ended after its commit."""

    def __init__(self, school: Tenant, call: Callable[[], Any]) -> None:
        self.outcome: Any = None
        self._pid: list[int] = []
        self._has_pid = threading.Event()
        self._call = within(school, call)
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._pid.append(cursor.fetchone()[0])
            self._has_pid.set()
            self.outcome = self._call()
        except Exception as error:  # noqa: BLE001  the outcome is what the test is about
            self.outcome = error
        finally:
            connection.close()

    @contextmanager
    def waits_for_commit(self) -> Iterator["Other"]:
        with transaction.atomic():
            yield self
            self._thread.start()
            assert self._has_pid.wait(5)
            wait_until_blocked(self._pid[0])
        self._thread.join(5)


def test_of_two_deletions_of_one_row_one_happens(school: Tenant) -> None:
    folder = new_folder("a")

    outcomes = in_parallel([within(school, lambda: trash(Folder(id=folder.id, name="a")))] * 2)

    assert {type(outcome) for outcome in outcomes} == {TrashEntry, NotFound}
    assert TrashEntry.objects.count() == 1


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_a_child_that_is_being_added_goes_along(school: Tenant, levels: int) -> None:
    top = folder = new_folder("a")
    for number in range(levels):
        folder = new_folder(str(number), folder)
    deletion = Other(school, lambda: trash(top))

    with deletion.waits_for_commit():
        new_file("f", folder)

    assert deletion.outcome.row_count == levels + 2
    assert names() == set()
    with trash_context():
        assert File.objects.get().trash_entry_id == deletion.outcome.id


@pytest.mark.parametrize("levels", [0, 1])
def test_no_child_is_added_to_what_is_being_deleted(school: Tenant, levels: int) -> None:
    top = folder = new_folder("a")
    for number in range(levels):
        folder = new_folder(str(number), folder)
    addition = Other(school, lambda: new_file("f", folder))

    with addition.waits_for_commit():
        trash(top)

    assert isinstance(addition.outcome, IntegrityError)
    assert "in the trash" in str(addition.outcome)
    with trash_context():
        assert not File.objects.exists()


def test_no_row_is_moved_into_what_is_being_deleted(school: Tenant) -> None:
    folder, file = new_folder("a"), new_file("f", new_folder("b"))
    move = Other(school, lambda: File.objects.filter(id=file.id).update(folder=folder))

    with move.waits_for_commit():
        trash(folder)

    assert isinstance(move.outcome, IntegrityError)
    assert File.objects.get().folder_id != folder.id


def test_a_child_deleted_at_the_same_time_keeps_its_own_deletion(school: Tenant) -> None:
    parent = new_folder("a")
    child = new_folder("b", parent)
    new_file("f", child)
    deletion = Other(school, lambda: trash(parent))

    with deletion.waits_for_commit():
        of_child = trash(child)

    assert (of_child.row_count, deletion.outcome.row_count) == (2, 1)
    assert names() == set()


def test_a_child_of_what_is_being_deleted_is_gone(school: Tenant) -> None:
    parent = new_folder("a")
    child = new_folder("b", parent)
    deletion = Other(school, lambda: trash(child))

    with deletion.waits_for_commit():
        trash(parent)

    assert isinstance(deletion.outcome, NotFound)
    assert TrashEntry.objects.count() == 1


def test_nothing_comes_back_into_what_is_being_deleted(school: Tenant) -> None:
    parent = new_folder("a")
    entry = trash(new_folder("b", parent))
    restoring = Other(school, lambda: restore_from_trash(entry=entry, by=None))

    with restoring.waits_for_commit():
        trash(parent)

    assert isinstance(restoring.outcome, ParentInTrash)
    assert names() == set()


def test_what_comes_back_meanwhile_goes_along(school: Tenant) -> None:
    parent = new_folder("a")
    entry = trash(new_folder("b", parent))
    deletion = Other(school, lambda: trash(parent))

    with deletion.waits_for_commit():
        restore_from_trash(entry=entry, by=None)

    assert deletion.outcome.row_count == 2
    assert TrashEntry.objects.count() == 1
    assert names() == set()


def test_what_moves_away_meanwhile_stays(school: Tenant) -> None:
    parent, elsewhere = new_folder("a"), new_folder("z")
    file = new_file("f", parent)
    deletion = Other(school, lambda: trash(parent))

    with deletion.waits_for_commit():
        File.objects.filter(id=file.id).update(folder=elsewhere)

    assert deletion.outcome.row_count == 1
    assert names() == {"z", "f"}


@pytest.mark.parametrize("second", [restore_from_trash, purge_entry])
def test_what_is_being_restored_is_neither_restored_nor_purged_again(
    school: Tenant, second: Callable[..., Any]
) -> None:
    entry = trash(new_folder("a"))
    late = Other(school, lambda: second(entry=entry, by=None))

    with late.waits_for_commit():
        restore_from_trash(entry=entry, by=None)

    assert isinstance(late.outcome, NotFound)
    assert names() == {"a"}


@pytest.mark.parametrize("second", [restore_from_trash, purge_entry])
def test_what_is_being_purged_is_neither_restored_nor_purged_again(school: Tenant, second: Callable[..., Any]) -> None:
    entry = trash(new_folder("a"))
    late = Other(school, lambda: second(entry=entry, by=None))

    with late.waits_for_commit():
        purge_entry(entry=entry)

    assert isinstance(late.outcome, NotFound)
    with trash_context():
        assert names() == set()


def test_many_deletions_and_additions_leave_no_child_without_its_parent(school: Tenant) -> None:
    folders = [new_folder(f"d{number}") for number in range(4)]

    outcomes = in_parallel(
        [
            within(school, call)
            for folder in folders
            for call in (lambda folder=folder: trash(folder), lambda folder=folder: new_file("f", folder))
        ]
    )

    assert {type(outcome) for outcome in outcomes} <= {TrashEntry, File, IntegrityError}
    assert names() == set()
