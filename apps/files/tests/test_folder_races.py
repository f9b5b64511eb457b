"""Races with real connections: what is checked and then written in the tree of folders stays true."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from apps.core.errors import DomainError
from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context, trash_context
from apps.core.trash.services import restore_from_trash
from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder
from apps.files.selectors import path_of
from apps.files.services.files import change_file, delete_file, hold_file
from apps.files.services.folders import change_folder, create_folder, delete_folder, hold_folder
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def at_once(tenant: Tenant, *works: Callable[[], Any]) -> list[str | None]:
    """Run each on a connection of its own; return the code of each refusal."""

    def inside(work: Callable[[], Any]) -> Callable[[], str | None]:
        def run() -> str | None:
            try:
                with tenant_context(tenant):
                    work()
            except DomainError as error:
                return error.code
            return None

        return run

    return in_parallel([inside(work) for work in works])


def test_two_moves_never_close_a_circle(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        first, second = FolderFactory.create_batch(2)

    results = at_once(
        school,
        lambda: change_folder(folder=first, parent=second, by=admin),
        lambda: change_folder(folder=second, parent=first, by=admin),
    )

    with tenant_context(school):
        assert sorted(results, key=str) == [None, "folder_cycle"]
        assert sorted([len(path_of(first.id)), len(path_of(second.id))]) == [1, 2]


def test_three_moves_never_close_a_circle_together(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        a, b, c = FolderFactory.create_batch(3)

    results = at_once(
        school,
        lambda: change_folder(folder=a, parent=b, by=admin),
        lambda: change_folder(folder=b, parent=c, by=admin),
        lambda: change_folder(folder=c, parent=a, by=admin),
    )

    with tenant_context(school):
        assert results.count("folder_cycle") == 1
        assert results.count(None) == 2
        assert Folder.objects.filter(parent=None).count() == 1


def test_a_name_goes_to_one_of_ten(school: Tenant, admin: User) -> None:
    results = at_once(
        school, *[lambda: create_folder(name="Handouts", visibility=Visibility.SCHOOL, by=admin) for _ in range(10)]
    )

    assert sorted(results, key=str) == [None, *["name_taken"] * 9]
    with tenant_context(school):
        assert Folder.objects.count() == 1


def test_a_file_takes_a_name_once(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        folder = FolderFactory.create()
        files = FileFactory.create_batch(5, folder=folder)

    results = at_once(school, *[lambda file=file: change_file(file=file, name="same.txt", by=admin) for file in files])

    assert sorted(results, key=str) == [None, *["name_taken"] * 4]
    with tenant_context(school):
        assert File.objects.filter(name="same.txt").count() == 1


def test_no_folder_slips_into_a_tree_that_is_being_shown(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        top = FolderFactory.create()
        middle = FolderFactory.create(parent=top)

    at_once(
        school,
        lambda: change_folder(folder=top, visibility=Visibility.STAFF, by=admin),
        *[lambda number=number: create_folder(name=f"{number}", parent=middle, by=admin) for number in range(6)],
    )

    with tenant_context(school):
        assert set(Folder.objects.values_list("visibility", flat=True)) == {Visibility.STAFF}


def test_no_file_stays_behind_in_a_folder_that_goes_to_the_trash(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        folder = FolderFactory.create()
        files = FileFactory.create_batch(6)

    results = at_once(
        school,
        lambda: delete_folder(folder=folder, by=admin),
        *[lambda file=file: change_file(file=file, folder=folder, by=admin) for file in files],
    )

    assert set(results) <= {None, "not_found"}
    with tenant_context(school):
        assert not Folder.objects.exists()
        assert not File.objects.filter(folder_id=folder.id).exists()
        assert File.objects.count() == results.count("not_found")
        with trash_context():
            assert File.objects.count() == 6


def test_what_is_held_waits_for_the_holder_before_it_goes_to_the_trash(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        folder = FolderFactory.create()
        file = FileFactory.create(folder=folder)
    order: list[str] = []
    barrier = Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            hold_folder(folder_id=folder.id)
            hold_file(file_id=file.id)
            barrier.wait(5)
            order.append("held")

    def remove() -> None:
        barrier.wait(5)
        delete_file(file=file, by=admin)
        order.append("deleted")

    results = at_once(school, hold, remove)

    assert results == [None, None]
    assert order == ["held", "deleted"]


def test_a_deleted_name_comes_back_or_is_taken_never_both(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        folder = FolderFactory.create(name="Handouts")
        entry = delete_folder(folder=folder, by=admin)

    results = at_once(
        school,
        lambda: restore_from_trash(entry=entry, by=admin),
        lambda: create_folder(name="handouts", visibility=Visibility.SCHOOL, by=admin),
    )

    assert sorted(results, key=str) == [None, "name_taken"]
    with tenant_context(school):
        assert Folder.objects.count() == 1
        assert TrashEntry.objects.count() <= 1


def test_one_of_two_deletions_finds_nothing_left(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        folder = FolderFactory.create()

    results = at_once(school, *[lambda: delete_folder(folder=folder, by=admin) for _ in range(2)])

    assert sorted(results, key=str) == [None, "not_found"]
    with tenant_context(school):
        assert TrashEntry.objects.count() == 1
