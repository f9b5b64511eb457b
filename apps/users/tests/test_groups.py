"""Groups and their members."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import TenantRequired
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import GroupFactory, UserFactory, client_of
from apps.users.models import Group, GroupMembership, User
from apps.users.services.groups import create_group
from tests.fixtures import ClientOf

GROUPS = "/api/groups/"


@pytest.fixture
def group(school: Tenant) -> Group:
    with tenant_context(school):
        return GroupFactory.create(name="Cohort A")


def counts(group: Group) -> tuple[int, int]:
    with tenant_context(cast("UUID", group.tenant_id)):
        return Group.objects.get(id=group.id).member_count, GroupMembership.objects.filter(group=group).count()


def test_an_admin_makes_changes_and_deletes_a_group(admin: User, as_user: ClientOf) -> None:
    client = as_user(admin)

    made = client.post(GROUPS, {"name": " Cohort B ", "description": "Autumn", "member_count": 7})
    url = f"{GROUPS}{made.json()['id']}/"
    changed = client.patch(url, {"name": "Cohort C", "member_count": 9}, headers={"If-Match": made["ETag"]})
    read = client.get(url)
    deleted = client.delete(url)

    assert made.status_code == 201
    assert (made.json()["name"], made.json()["member_count"]) == ("Cohort B", 0)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (read.json()["name"], read.json()["member_count"]) == ("Cohort C", 0)
    assert deleted.status_code == 204
    assert client.get(GROUPS).json()["results"] == []


def test_names_are_taken_in_whatever_case(admin: User, group: Group, as_user: ClientOf) -> None:
    client = as_user(admin)
    other = client.post(GROUPS, {"name": "Cohort B"}).json()

    made = client.post(GROUPS, {"name": "cohort a"})
    renamed = client.patch(f"{GROUPS}{other['id']}/", {"name": "COHORT A"})

    assert [(r.status_code, r.json()["code"]) for r in (made, renamed)] == [(409, "group_name_taken")] * 2


def test_members_are_added_with_an_answer_for_each(
    admin: User, learner: User, stranger: User, group: Group, as_user: ClientOf
) -> None:
    client, nobody = as_user(admin), uuid4()

    ids = [str(entry) for entry in (learner.id, admin.id, learner.id, stranger.id, nobody)]
    added = client.post(f"{GROUPS}{group.id}/members/", {"users": ids})
    again = client.post(f"{GROUPS}{group.id}/members/", {"users": ids[:1]})

    outcomes = ["added", "added", "already_member", "not_found", "not_found"]
    assert added.json()["results"] == [
        {"user": user, "outcome": outcome} for user, outcome in zip(ids, outcomes, strict=True)
    ]
    assert again.json()["results"] == [{"user": ids[0], "outcome": "already_member"}]
    assert counts(group) == (2, 2)
    listed = client.get(f"{GROUPS}{group.id}/members/").json()
    assert {row["email"] for row in listed["results"]} == {learner.email, admin.email}
    assert [row["name"] for row in client.get(f"{GROUPS}?user={learner.id}&q=cohort").json()["results"]] == ["Cohort A"]
    assert client.get(f"{GROUPS}?ordering=-member_count").status_code == 200


def test_a_member_is_removed_once(admin: User, learner: User, group: Group, as_user: ClientOf) -> None:
    client = as_user(admin)
    client.post(f"{GROUPS}{group.id}/members/", {"users": [str(learner.id)]})

    statuses = [
        client.delete(f"{GROUPS}{group.id}/members/{user}/").status_code for user in (learner.id, learner.id, "x")
    ]

    assert statuses == [204, 404, 404]
    assert counts(group) == (0, 0)


@pytest.mark.parametrize("body", [{}, {"users": []}, {"users": ["x"]}, {"users": "x"}, {"users": [None]}, []])
def test_what_are_no_accounts(admin: User, group: Group, as_user: ClientOf, body: Any) -> None:
    assert as_user(admin).post(f"{GROUPS}{group.id}/members/", body).status_code == 400
    assert counts(group) == (0, 0)


@pytest.mark.parametrize(("role", "reads"), [("instructor", 200), ("principal", 200), ("learner", 403)])
def test_others_change_no_group(
    request: pytest.FixtureRequest, group: Group, as_user: ClientOf, role: str, reads: int
) -> None:
    client = as_user(request.getfixturevalue(role))
    url = f"{GROUPS}{group.id}/"

    read = [client.get(name).status_code for name in (GROUPS, url, f"{url}members/")]
    written = [
        client.post(GROUPS, {"name": "X"}),
        client.patch(url, {"name": "X"}),
        client.delete(url),
        client.post(f"{url}members/", {"users": [str(uuid4())]}),
        client.delete(f"{url}members/{uuid4()}/"),
    ]

    assert read == [reads] * 3
    assert [response.status_code for response in written] == [403] * 5
    assert counts(group) == (0, 0)


def test_a_stranger_reaches_no_group(stranger: User, group: Group, as_user: ClientOf) -> None:
    client, url = as_user(stranger), f"{GROUPS}{group.id}/"

    answers = [
        client.get(url),
        client.patch(url, {"name": "X"}),
        client.delete(url),
        client.get(f"{url}members/"),
        client.post(f"{url}members/", {"users": [str(stranger.id)]}),
        client.delete(f"{url}members/{stranger.id}/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert client.get(GROUPS).json()["count"] == 0
    assert counts(group) == (0, 0)


def test_no_group_belongs_to_the_platform(platform_staff: User) -> None:
    with pytest.raises(TenantRequired):
        create_group(name="X", by=platform_staff)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_the_count_stays_exact_when_many_add_and_remove_at_once(school: Tenant, admin: User, group: Group) -> None:
    with tenant_context(school):
        users = UserFactory.create_batch(6)
    clients = [client_of(admin) for _ in range(12)]

    def act(number: int) -> int:
        user, url = users[number % 6], f"{GROUPS}{group.id}/members/"
        try:
            if number % 4 == 3:
                return int(clients[number].delete(f"{url}{user.id}/").status_code)
            return int(clients[number].post(url, {"users": [str(user.id)]}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        statuses = set(pool.map(act, range(12)))

    kept, real = counts(group)
    assert statuses <= {200, 204, 404}
    assert kept == real


@pytest.mark.django_db(transaction=True)
def test_as_many_statements_for_3_members_as_for_30(admin: User, group: Group, as_user: ClientOf) -> None:
    client, numbers = as_user(admin), []
    url = f"{GROUPS}{group.id}/members/"
    for size in (3, 27):
        with tenant_context(cast("UUID", group.tenant_id)):
            users = UserFactory.create_batch(size)
        with CaptureQueriesContext(connection) as adding:
            client.post(url, {"users": [str(user.id) for user in users]})
        with CaptureQueriesContext(connection) as listing:
            client.get(f"{url}?page_size=50")
        with CaptureQueriesContext(connection) as groups:
            client.get(GROUPS)
        numbers.append((len(adding), len(listing), len(groups)))

    assert numbers[0] == numbers[1]
    assert numbers[0][1] <= 4
    assert numbers[0][2] <= 4
