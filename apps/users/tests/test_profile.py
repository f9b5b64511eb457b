"""One's own profile and password."""

from typing import Any

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD, UserFactory
from apps.users.models import User
from apps.users.services import profiles
from apps.users.services.profiles import WrongPassword
from tests.fixtures import ClientOf

ME = "/api/users/me/"
CHANGE = "/api/users/me/change-password/"


def fresh(user: User) -> User:
    assert user.tenant_id is not None
    with tenant_context(user.tenant_id):
        return User.objects.get(id=user.id)


def test_everybody_reads_their_own_profile(learner: User, as_user: ClientOf) -> None:
    profile = as_user(learner).get(ME)

    assert profile.json() | {"id": "", "created_at": ""} == {
        "id": "", "email": "learner@maple.test", "first_name": "Pat", "last_name": learner.last_name,
        "roles": ["learner"], "is_platform_staff": False, "status": "active", "language": "en", "time_zone": "UTC",
        "created_at": "", "last_login_at": None, "avatar": None, "avatar_thumbnail": None, "bio": "",
        "preferences": {},
        "permissions": ["enrollments:self", "files:upload"], "version": 1,
        "tenant": {"id": str(learner.tenant_id), "slug": "maple", "name": "Maple School"},
    }  # fmt: skip
    assert profile["ETag"] == '"1"'
    assert as_user(None).get(ME).status_code == 401


def test_everybody_changes_their_own_profile(learner: User, as_user: ClientOf) -> None:
    changes = {"first_name": "Paz", "bio": "Hi.", "language": "pt-BR", "time_zone": "America/Sao_Paulo",
               "preferences": {"theme": "dark", "sizes": [1, 2]}}  # fmt: skip

    response = as_user(learner).patch(ME, changes)

    assert {key: response.json()[key] for key in changes} == changes
    assert response.json()["version"] == 2


def test_rights_and_address_are_not_ones_own_to_change(learner: User, as_user: ClientOf) -> None:
    grab = {"roles": ["admin"], "role": "admin", "is_platform_staff": True, "status": "suspended", "email": "x@y.test",
            "password": "x", "permissions": ["users:write"], "tenant": None, "version": 9}  # fmt: skip

    response = as_user(learner).patch(ME, grab)

    after = fresh(learner)
    assert response.status_code == 200
    assert (after.roles, after.is_platform_staff, after.status, after.email) == (
        ["learner"], False, "active", "learner@maple.test",
    )  # fmt: skip
    assert (after.tenant_id, after.password, after.version) == (learner.tenant_id, learner.password, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "Mars/Olympus"}, {"time_zone": 5}, {"language": "not a tag"}, {"bio": "x" * 2001},
        {"preferences": []}, {"preferences": "dark"}, {"preferences": {"x": "y" * 20_000}}, {"first_name": None},
        {"preferences": {"x": "a\x00b"}}, {"avatar": "a text"}, {"first_name": {"a": 1}}, [], "text",
    ],
)  # fmt: skip
def test_what_is_not_valid_changes_nothing(learner: User, as_user: ClientOf, changes: Any) -> None:
    response = as_user(learner).patch(ME, changes)

    assert response.status_code == 400
    assert fresh(learner).version == 1


def test_nobody_overwrites_what_they_have_not_seen(learner: User, as_user: ClientOf) -> None:
    response = as_user(learner).patch(ME, {"bio": "x"}, headers={"If-Match": '"7"'})

    assert response.status_code == 412


class TestPassword:
    @pytest.fixture
    def alice(self, school: Tenant) -> User:
        with tenant_context(school):
            return UserFactory.create(with_password=True)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"old_password": "wrong", "new_password": "another long sentence"}, "old_password"),
            ({"old_password": PASSWORD, "new_password": "12345678"}, "new_password"),
            ({"old_password": PASSWORD}, "new_password"),
            ({"new_password": "another long sentence"}, "old_password"),
            ({"old_password": PASSWORD, "new_password": "x" * 129}, "new_password"),
        ],
    )
    def test_what_is_not_right_changes_nothing(self, alice: User, as_user: ClientOf, body: Any, field: str) -> None:
        response = as_user(alice).post(CHANGE, body)

        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]
        assert fresh(alice).password == alice.password

    def test_guessing_is_throttled(self, alice: User, as_user: ClientOf) -> None:
        client = as_user(alice)
        body = {"old_password": "wrong", "new_password": "another long sentence"}

        statuses = [client.post(CHANGE, body).status_code for _ in range(11)]

        assert statuses == [400] * 10 + [429]

    def test_a_password_changed_meanwhile_wins(self, alice: User) -> None:
        with pytest.raises(WrongPassword):
            profiles.store_password(account=alice, encoded="new", proven="another hash", keep=None, by=alice)

        assert fresh(alice).password == alice.password
