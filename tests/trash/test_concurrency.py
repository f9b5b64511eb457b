"""Two connections at once: whoever comes second sees what the first has done, and nothing is left half deleted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core.errors import NotFound
from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context, trash_context
from apps.core.trash.services import ParentInTrash, move_to_trash, purge_entry, restore_from_trash
from apps.files.models import File, Folder
from tests.parallel import in_parallel
from tests.trash.conftest import MakeFile, MakeFolder

pytestmark = pytest.mark.django_db(transaction=True)


def trash(row: Any) -> TrashEntry:
    return move_to_trash(obj=row, name=str(row), by=None, now=timezone.now())


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


def test_of_two_deletions_of_one_row_one_happens(school: Tenant, folder_of: MakeFolder) -> None:
    folder = folder_of("a")

    outcomes = in_parallel([within(school, lambda: trash(Folder(id=folder.id, name="a")))] * 2)

    assert {type(outcome) for outcome in outcomes} == {TrashEntry, NotFound}
    assert TrashEntry.objects.count() == 1


def test_a_child_that_is_being_added_goes_along(school: Tenant, folder_of: MakeFolder, file_of: MakeFile) -> None:
    folder = folder_of("a")
    deletion = Other(school, lambda: trash(folder))

    with deletion.waits_for_commit():
        file = file_of("f", folder)

    assert deletion.outcome.row_count == 2
    assert not File.objects.exists()
    with trash_context():
        assert File.objects.get().trash_entry_id == deletion.outcome.id
    assert file.name == "f"


def test_no_child_is_added_to_what_is_being_deleted(school: Tenant, folder_of: MakeFolder, file_of: MakeFile) -> None:
    folder = folder_of("a")
    addition = Other(school, lambda: file_of("f", folder))

    with addition.waits_for_commit():
        trash(folder)

    assert isinstance(addition.outcome, IntegrityError)
    assert "in the trash" in str(addition.outcome)
    with trash_context():
        assert not File.objects.exists()


def test_no_row_is_moved_into_what_is_being_deleted(school: Tenant, folder_of: MakeFolder, file_of: MakeFile) -> None:
    folder, file = folder_of("a"), file_of("f", folder_of("b"))
    move = Other(school, lambda: File.objects.filter(id=file.id).update(folder=folder))

    with move.waits_for_commit():
        trash(folder)

    assert isinstance(move.outcome, IntegrityError)
    assert File.objects.get().folder_id != folder.id
