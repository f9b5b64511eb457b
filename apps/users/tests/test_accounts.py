"""Accounts and roles through the API: what staff may do, and what nobody may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection

from apps.core.errors import TenantRequired
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.choices import AccountStatus, Role
from apps.users.factories import UserFactory, client_of
from apps.users.models import User
from apps.users.services import accounts
from apps.users.services.accounts import BeyondOwnRights
from tests.fixtures import ClientOf

USERS = "/api/users/"
VERBS = ("suspend", "activate", "roles")
NEW = {
    "email": "new.user@maple.test",
    "first_name": "New",
    "last_name": "User",
    "role": "learner",
    "password": "securepassword123",
}


def fresh(user: User) -> User:
    assert user.tenant_id is not None
    with tenant_context(user.tenant_id):
        return User.objects.get(id=user.id)


def facts(user: User) -> tuple[Any, ...]:
    now = fresh(user)
    return now.email, now.first_name, now.roles, now.status, now.version, now.is_platform_staff


@pytest.mark.parametrize("role", ["admin", "principal", "instructor"])
def test_staff_list_and_read_accounts(
    request: pytest.FixtureRequest, learner: User, stranger: User, as_user: ClientOf, role: str
) -> None:
    client = as_user(request.getfixturevalue(role))

    listed = client.get(USERS)
    read = client.get(f"{USERS}{learner.id}/")

    assert {row["email"] for row in listed.json()["results"]} == {learner.email, f"{role}@maple.test"}
    assert read.json()["email"] == learner.email
    assert "password" not in read.json()
    assert client.get(f"{USERS}{stranger.id}/").status_code == 404


def test_learners_and_nobody_do_not(learner: User, admin: User, as_user: ClientOf) -> None:
    statuses = [as_user(learner).get(url).status_code for url in (USERS, f"{USERS}{admin.id}/")]

    assert statuses == [403, 403]
    assert as_user(None).get(USERS).status_code == 401


def test_an_admin_creates_an_account_as_the_brief_prints_it(admin: User, as_user: ClientOf) -> None:
    response = as_user(admin).post(USERS, NEW | {"email": "New.User@maple.test"})

    assert response.status_code == 201
    assert response.json()["roles"] == ["learner"]
    assert response.json()["email"] == "new.user@maple.test"
    with tenant_context(admin.tenant_id or admin.id):
        assert check_password(NEW["password"], User.objects.get(email=NEW["email"]).password)


@pytest.mark.parametrize(
    ("sent", "roles"),
    [({"roles": ["instructor", "learner"]}, ["learner", "instructor"]), ({}, ["learner"])],
)
def test_several_roles_or_none_can_be_named(admin: User, as_user: ClientOf, sent: Any, roles: list[str]) -> None:
    body = {key: value for key, value in NEW.items() if key != "role"} | sent

    assert as_user(admin).post(USERS, body).json()["roles"] == roles


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"email": "no address"}, 400, "email"),
        ({"email": "LEARNER@maple.test"}, 409, "email"),
        ({"password": "12345678"}, 400, "password"),
        ({"password": "new.user@maple.test"}, 400, "password"),
        ({"password": None}, 400, "password"),
        ({"role": "superuser"}, 400, "role"),
        ({"roles": ["learner"]}, 400, "role"),
        ({"role": ["admin"]}, 400, "role"),
        ({"time_zone": "Mars/Olympus"}, 400, "time_zone"),
        ({"language": "x" * 16}, 400, "language"),
        ({"first_name": "a\x00b"}, 400, "first_name"),
    ],
)
def test_what_is_not_valid_makes_no_account(
    admin: User, learner: User, as_user: ClientOf, change: Any, status: int, field: str
) -> None:
    client = as_user(admin)

    response = client.post(USERS, NEW | change)

    assert response.status_code == status, response.json()
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert client.get(USERS).json()["count"] == 2


def test_an_account_needs_a_role(admin: User, as_user: ClientOf) -> None:
    body: dict[str, Any] = {key: value for key, value in NEW.items() if key != "role"} | {"roles": []}

    assert as_user(admin).post(USERS, body).json()["code"] == "role_required"


@pytest.mark.parametrize("role", ["principal", "instructor", "learner"])
def test_nobody_else_writes_accounts(request: pytest.FixtureRequest, role: str, as_user: ClientOf) -> None:
    actor = request.getfixturevalue(role)
    victim = request.getfixturevalue("admin")
    client, before = as_user(actor), facts(victim)

    answers = [
        client.post(USERS, NEW),
        client.patch(f"{USERS}{victim.id}/", {"first_name": "X"}),
        client.delete(f"{USERS}{victim.id}/"),
        *(
            client.post(f"{USERS}{victim.id}/{verb}/", {"roles": ["admin"]})
            for verb in ("suspend", "activate", "roles")
        ),
        client.post(f"{USERS}{actor.id}/roles/", {"roles": ["admin"]}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 7
    assert facts(victim) == before


def test_a_stranger_reaches_no_account(stranger: User, learner: User, as_user: ClientOf) -> None:
    client, before = as_user(stranger), facts(learner)

    answers = [
        client.get(f"{USERS}{learner.id}/"),
        client.patch(f"{USERS}{learner.id}/", {"first_name": "X"}),
        client.delete(f"{USERS}{learner.id}/"),
        *(
            client.post(f"{USERS}{learner.id}/{verb}/", {"roles": ["admin"]})
            for verb in ("suspend", "activate", "roles")
        ),
        client.get(f"{USERS}{uuid4()}/"),
        client.get(f"{USERS}nobody/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 8
    assert facts(learner) == before


def test_an_admin_changes_an_account_but_not_its_rights(admin: User, learner: User, as_user: ClientOf) -> None:
    body = {"last_name": "Gray", "email": "Pat.Gray@maple.test", "roles": ["admin"], "is_platform_staff": True,
            "status": "suspended", "password": "x", "tenant": str(uuid4()), "version": 99}  # fmt: skip

    response = as_user(admin).patch(f"{USERS}{learner.id}/", body)

    assert response.status_code == 200
    assert (response.json()["last_name"], response.json()["email"]) == ("Gray", "pat.gray@maple.test")
    assert facts(learner) == ("pat.gray@maple.test", "Pat", ["learner"], "active", 2, False)


def test_a_taken_address_and_an_old_version_are_refused(admin: User, learner: User, as_user: ClientOf) -> None:
    client, before = as_user(admin), facts(learner)

    taken = client.patch(f"{USERS}{learner.id}/", {"email": "ADMIN@maple.test"})
    stale = client.patch(f"{USERS}{learner.id}/", {"first_name": "X"}, headers={"If-Match": '"7"'})

    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    assert stale.status_code == 412
    assert facts(learner) == before


def test_an_admin_suspends_activates_and_removes(admin: User, learner: User, as_user: ClientOf) -> None:
    client = as_user(admin)
    verbs = ("suspend", "suspend", "activate", "activate")
    statuses = [client.post(f"{USERS}{learner.id}/{verb}/").json()["status"] for verb in verbs]
    removed = client.delete(f"{USERS}{learner.id}/")

    assert statuses == ["suspended", "suspended", "active", "active"]
    assert removed.status_code == 204
    assert fresh(learner).status == AccountStatus.SUSPENDED


def test_an_admin_gives_and_takes_roles(admin: User, learner: User, as_user: ClientOf) -> None:
    client = as_user(admin)

    given = client.post(f"{USERS}{learner.id}/roles/", {"roles": ["admin", "instructor"]})
    same = client.post(f"{USERS}{learner.id}/roles/", {"roles": ["instructor", "admin"]})
    taken = client.post(f"{USERS}{learner.id}/roles/", {"roles": ["learner"]})

    assert given.json()["roles"] == ["instructor", "admin"]
    assert same.json()["version"] == given.json()["version"]
    assert taken.json()["roles"] == ["learner"]


@pytest.mark.parametrize("body", [{}, {"roles": "admin"}, {"roles": ["root"]}, {"roles": []}, {"roles": [None]}, []])
def test_roles_that_are_none(admin: User, learner: User, as_user: ClientOf, body: Any) -> None:
    assert as_user(admin).post(f"{USERS}{learner.id}/roles/", body).status_code == 400
    assert fresh(learner).roles == ["learner"]


def test_nobody_changes_their_own_roles_or_suspends_themselves(admin: User, as_user: ClientOf) -> None:
    client, before = as_user(admin), facts(admin)

    answers = [
        client.post(f"{USERS}{admin.id}/roles/", {"roles": ["admin", "learner"]}),
        client.post(f"{USERS}{admin.id}/suspend/"),
        client.delete(f"{USERS}{admin.id}/"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "own_account")] * 3
    assert facts(admin) == before


def test_platform_staff_leave_a_school_its_last_admin(admin: User, platform_staff: User) -> None:
    client = client_of(platform_staff, **{"X-Tenant-Slug": "maple"})
    before = facts(admin)

    answers = [
        client.post(f"{USERS}{admin.id}/roles/", {"roles": ["learner"]}),
        client.post(f"{USERS}{admin.id}/suspend/"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "last_admin")] * 2
    assert facts(admin) == before


def test_platform_staff_write_accounts_only_inside_of_a_school(learner: User, platform_staff: User) -> None:
    client = client_of(platform_staff)

    assert client.get(USERS).json()["count"] == 2
    assert client.post(USERS, NEW).json()["code"] == "tenant_required"
    assert client.post(f"{USERS}{learner.id}/suspend/").json()["code"] == "tenant_required"


def test_a_suspended_admin_can_be_demoted_when_it_is_not_the_last_that_works(
    admin: User, school: Tenant, as_user: ClientOf
) -> None:
    with tenant_context(school):
        gone = UserFactory.create(roles=["admin"], status=AccountStatus.SUSPENDED)

    assert as_user(admin).post(f"{USERS}{gone.id}/roles/", {"roles": ["learner"]}).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
@pytest.mark.parametrize("verb", ["roles", "suspend"])
def test_two_admins_who_depose_each_other_leave_one(school: Tenant, verb: str) -> None:
    with tenant_context(school):
        pair = [UserFactory.create(roles=["admin"]) for _ in range(2)]
    clients = [client_of(user) for user in pair]

    def depose(number: int) -> int:
        try:
            url = f"{USERS}{pair[1 - number].id}/{verb}/"
            status: int = clients[number].post(url, {"roles": ["learner"]}).status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(depose, range(2)))

    with tenant_context(school):
        left = User.objects.filter(roles__contains=[Role.ADMIN], status=AccountStatus.ACTIVE).count()
    assert left == 1
    assert statuses[0] == 200


class TestBeyondOwnRights:
    """Today's admins may do everything in their school; the rule holds for whoever comes later."""

    @pytest.fixture
    def clerk(self, principal: User) -> User:
        """Return somebody who may write accounts, and little else."""
        principal.__dict__["permissions"] = frozenset({"users:read", "users:write", "enrollments:self"})
        return principal

    def test_roles(self, in_school: Tenant, clerk: User, learner: User, admin: User) -> None:
        with pytest.raises(BeyondOwnRights):
            accounts.set_roles(account=learner, roles=["learner", "admin"], by=clerk)
        with pytest.raises(BeyondOwnRights):
            accounts.set_roles(account=admin, roles=["learner"], by=clerk)
        with pytest.raises(BeyondOwnRights):
            accounts.create_account(email="x@y.test", password=NEW["password"], roles=["admin"], by=clerk)

        assert (fresh(learner).roles, fresh(admin).roles) == (["learner"], ["admin"])

    def test_stronger_accounts(self, in_school: Tenant, clerk: User, admin: User) -> None:
        for act in (
            lambda: accounts.change_account(account=admin, changes={"email": "mine@maple.test"}, by=clerk),
            lambda: accounts.suspend_account(account=admin, by=clerk),
            lambda: accounts.activate_account(account=admin, by=clerk),
        ):
            with pytest.raises(BeyondOwnRights):
                act()

        assert fresh(admin).email == "admin@maple.test"


def test_outside_of_a_school_no_account_is_made(db: None) -> None:
    with pytest.raises(TenantRequired):
        accounts.create_account(email="x@y.test", password="securepassword123", roles=["learner"], by=None)
