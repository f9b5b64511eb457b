"""The trash over HTTP: who finds what, brings it back, or deletes it for good."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from apps.core.models import Tenant, TrashEntry
from apps.core.services import change_settings
from apps.core.tenancy.context import tenant_context, trash_context
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.trash.conftest import names, new_file, new_folder, trash

pytestmark = pytest.mark.usefixtures("no_hooks")

TRASH = "/api/core/trash/"


def url(entry: TrashEntry, verb: str = "") -> str:
    return f"{TRASH}{entry.id}/{verb}"


def visible_names(response: Any) -> list[str]:
    return [entry["name"] for entry in response.json()["results"]]


@pytest.fixture
def mine(in_school: Tenant, learner: User) -> TrashEntry:
    """Return the learner's deletion of a folder with a file."""
    folder = new_folder("mine")
    new_file("inside", folder)
    return trash(folder, by=learner)


@pytest.fixture
def of_another(in_school: Tenant, instructor: User) -> TrashEntry:
    return trash(new_file("another's"), by=instructor)


def test_a_deletion_says_what_it_was_and_until_when_it_is_kept(
    mine: TrashEntry, learner: User, as_user: ClientOf
) -> None:
    body = as_user(learner).get(url(mine)).json()

    assert parse_datetime(body.pop("deleted_at")) == mine.deleted_at
    assert parse_datetime(body.pop("purges_at")) == mine.deleted_at + timedelta(days=30)
    assert body == {
        "id": str(mine.id),
        "kind": "files.folder",
        "kind_label": "folder",
        "object": str(mine.object_id),
        "name": "mine",
        "row_count": 2,
        "deleted_by": str(learner.id),
    }


def test_the_school_says_for_how_long(mine: TrashEntry, learner: User, admin: User, as_user: ClientOf) -> None:
    change_settings(changes={"trash.days": 7}, locks={}, by=admin)

    body = as_user(learner).get(url(mine)).json()

    assert parse_datetime(body["purges_at"]) == mine.deleted_at + timedelta(days=7)


def test_everybody_finds_their_own_and_who_may_read_the_trash_all_of_it(
    mine: TrashEntry,
    of_another: TrashEntry,
    learner: User,
    principal: User,
    admin: User,
    stranger: User,
    platform_staff: User,
    as_user: ClientOf,
) -> None:
    everything = ["another's", "mine"]

    assert visible_names(as_user(learner).get(TRASH)) == ["mine"]
    assert visible_names(as_user(principal).get(TRASH)) == everything
    assert visible_names(as_user(admin).get(TRASH)) == everything
    assert visible_names(as_user(stranger).get(TRASH)) == []
    assert as_user(None).get(TRASH).status_code == 401
    from_above = as_user(platform_staff).get(TRASH)
    assert visible_names(from_above) == everything
    assert [entry["purges_at"] for entry in from_above.json()["results"]] == [None, None]


def test_the_list_is_narrowed_by_kind(mine: TrashEntry, of_another: TrashEntry, admin: User, as_user: ClientOf) -> None:
    client = as_user(admin)

    assert visible_names(client.get(TRASH, {"kind": "files.file"})) == ["another's"]
    assert visible_names(client.get(TRASH, {"kind": "nothing"})) == []


def test_the_list_takes_as_many_statements_for_thirty_as_for_three(
    school: Tenant, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    counts = []

    for number in (3, 27):
        with tenant_context(school):
            for each in range(number):
                trash(new_folder(f"{number}-{each}"), by=learner)
        client.get(TRASH)  # the settings are cached
        with CaptureQueriesContext(connection) as queries:
            found = client.get(TRASH, {"page_size": 100}).json()["count"]
        counts.append((found, len(queries)))

    assert counts == [(3, 3), (30, 3)]


def test_who_deleted_it_brings_it_back(mine: TrashEntry, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)

    response = client.post(url(mine, "restore/"))

    assert (response.status_code, response.json()["id"]) == (200, str(mine.id))
    assert names() == {"mine", "inside"}
    assert client.get(url(mine)).status_code == 404
    assert client.post(url(mine, "restore/")).status_code == 404


def test_who_deleted_it_deletes_it_for_good(mine: TrashEntry, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)

    assert client.delete(url(mine)).status_code == 204

    with trash_context():
        assert names() == set()
    assert client.delete(url(mine)).status_code == 404


def test_an_admin_acts_on_everybodys(mine: TrashEntry, of_another: TrashEntry, admin: User, as_user: ClientOf) -> None:
    client = as_user(admin)

    assert client.post(url(mine, "restore/")).status_code == 200
    assert client.delete(url(of_another)).status_code == 204

    with trash_context():
        assert names() == {"mine", "inside"}


def test_nobody_else_does(
    of_another: TrashEntry, learner: User, principal: User, stranger: User, platform_staff: User, as_user: ClientOf
) -> None:
    outcomes = {}

    for person in (learner, principal, stranger, platform_staff):
        client = as_user(person)
        outcomes[person.email] = [
            client.post(url(of_another, "restore/")).status_code,
            client.delete(url(of_another)).status_code,
        ]

    assert outcomes == {
        "learner@maple.test": [404, 404],
        "principal@maple.test": [403, 403],
        "admin@birch.test": [404, 404],
        "staff@platform.test": [400, 400],
    }
    with trash_context():
        assert names() == {"another's"}
    assert TrashEntry.objects.count() == 1


def test_what_stands_in_the_way_is_named(school: Tenant, learner: User, admin: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        parent = new_folder("parent")
        of_child = trash(new_folder("child", parent), by=learner)
        of_parent = trash(parent, by=admin)
        new_folder("Parent")

    below = as_user(learner).post(url(of_child, "restore/"))
    taken = as_user(admin).post(url(of_parent, "restore/"))

    assert (below.status_code, below.json()["code"]) == (409, "parent_in_trash")
    assert below.json()["trash_entry"] == str(of_parent.id)
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    with tenant_context(school):
        assert names() == {"Parent"}


def test_ids_that_are_none_are_not_found(learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)

    for identifier in ("x", "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f62"):
        assert client.get(f"{TRASH}{identifier}/").status_code == 404
        assert client.post(f"{TRASH}{identifier}/restore/").status_code == 404
        assert client.delete(f"{TRASH}{identifier}/").status_code == 404


def test_a_request_that_follows_a_deletion_on_the_same_connection_sees_no_trash(
    tree: dict[str, Any], school: Tenant, admin: User, as_user: ClientOf
) -> None:
    trash(tree["a"])
    with trash_context():
        assert len(names()) == 6

    response = as_user(admin).get(TRASH)

    assert visible_names(response) == ["a"]
    assert names() == {"z"}
