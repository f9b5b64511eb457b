"""The trash in the Django admin."""

from typing import Any

import pytest
from django.test import Client

from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context, trash_context
from apps.users.models import User
from tests.trash.conftest import names, new_folder, trash

pytestmark = pytest.mark.usefixtures("no_hooks")

ADDRESS = "/admin/core/trashentry/"


def browser(user: User, host: str = "maple.localhost") -> Client:
    client = Client(headers={"host": host})
    with tenant_context(user.tenant_id):  # type: ignore[arg-type]  # everybody here has a school
        client.force_login(user)
    return client


def act(client: Client, action: str, *entries: TrashEntry) -> Any:
    body = {"action": action, "_selected_action": [str(entry.id) for entry in entries]}
    return client.post(ADDRESS, body, follow=True)


@pytest.fixture
def entries(school: Tenant, learner: User) -> list[TrashEntry]:
    """Return the deletions of a child and then of its parent."""
    with tenant_context(school):
        parent = new_folder("parent")
        return [trash(new_folder("child", parent), by=learner), trash(parent, by=learner)]


def everything(school: Tenant) -> tuple[set[str], set[str]]:
    """Return what can be seen, and what there is."""
    with tenant_context(school):
        seen = names()
        with trash_context():
            return seen, names()


def test_an_admin_brings_back_parent_and_child_at_once(admin: User, school: Tenant, entries: list[TrashEntry]) -> None:
    client = browser(admin)

    assert b"parent" in client.get(ADDRESS).content
    response = act(client, "restore", *entries)

    assert b"2 deletions were taken back." in response.content
    assert everything(school) == ({"parent", "child"}, {"parent", "child"})


def test_an_admin_deletes_parent_and_child_for_good(admin: User, school: Tenant, entries: list[TrashEntry]) -> None:
    response = act(browser(admin), "purge", *entries)

    assert b"deleted for good" in response.content
    assert everything(school) == (set(), set())


def test_what_cannot_come_back_is_told_and_nothing_else_does(
    admin: User, school: Tenant, entries: list[TrashEntry]
) -> None:
    with tenant_context(school):
        other = trash(new_folder("other"))

    response = act(browser(admin), "restore", entries[0], other)

    assert b"Restore that first" in response.content
    assert everything(school) == (set(), {"parent", "child", "other"})


def test_a_principal_reads_and_others_see_nothing(
    principal: User, instructor: User, school: Tenant, entries: list[TrashEntry]
) -> None:
    reader = browser(principal)

    assert b"parent" in reader.get(ADDRESS).content
    act(reader, "restore", *entries)
    act(reader, "purge", *entries)

    assert browser(instructor).get(ADDRESS).status_code == 403
    assert everything(school) == (set(), {"parent", "child"})


def test_an_entry_is_neither_added_changed_nor_deleted_by_a_form(admin: User, entries: list[TrashEntry]) -> None:
    client = browser(admin)

    assert client.get(f"{ADDRESS}add/").status_code == 403
    assert client.post(f"{ADDRESS}{entries[0].id}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{ADDRESS}{entries[0].id}/change/").status_code == 200


def test_the_neighbour_sees_nothing(stranger: User, school: Tenant, entries: list[TrashEntry]) -> None:
    neighbour = browser(stranger, "birch.localhost")

    assert b"parent" not in neighbour.get(ADDRESS).content
    act(neighbour, "purge", *entries)

    assert everything(school) == (set(), {"parent", "child"})
