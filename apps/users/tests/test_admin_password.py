"""One's own password in the admin: the rules of the API."""

from typing import Any

import pytest
from django.test import Client

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.factories import PASSWORD, PlatformStaffFactory, UserFactory, start_session_of
from apps.users.models import Session, User

ADDRESS = "/admin/password_change/"
NEW = "a much better sentence"


@pytest.fixture
def boss(school: Tenant) -> User:
    with tenant_context(school):
        return UserFactory.create(email="boss@maple.test", roles=["admin"], with_password=True)


def browser(user: User, host: str = "maple.localhost") -> Client:
    client = Client(SERVER_NAME=host)
    scope = tenant_context(user.tenant_id) if user.tenant_id else platform_context(reason="test")
    with scope:
        client.force_login(user)
    return client


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    return client.post(
        ADDRESS, {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    )


def stored(user: User) -> User:
    with platform_context(reason="test"):
        return User.objects.get(id=user.id)


def test_a_new_password_ends_all_sessions_of_the_api_but_not_the_browsers(boss: User, school: Tenant) -> None:
    client, session = browser(boss), start_session_of(boss)

    response = change(client)

    assert response.status_code == 302
    assert stored(boss).check_password(NEW)
    with tenant_context(school):
        assert Session.objects.get(id=session.id).revoked_at is not None
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"old": "wrong"}, b"not your present password"),
        ({"new": "12345678"}, b"too common"),
        ({"again": "another sentence"}, b"match"),
    ],
)
def test_what_is_refused_changes_nothing(boss: User, form: dict[str, str], text: bytes) -> None:
    session = start_session_of(boss)

    response = change(browser(boss), **form)

    assert (response.status_code, text in response.content) == (200, True)
    assert stored(boss).check_password(PASSWORD)
    with platform_context(reason="test"):
        assert Session.objects.get(id=session.id).revoked_at is None


def test_guesses_at_the_present_password_are_counted(boss: User) -> None:
    client = browser(boss)
    for _ in range(10):
        change(client, old="wrong")

    response = change(client)

    assert b"Too many attempts" in response.content
    assert stored(boss).check_password(PASSWORD)


@pytest.mark.parametrize("host", ["localhost", "maple.localhost"])
def test_platform_staff_change_theirs_wherever_they_work(school: Tenant, host: str) -> None:
    staff = PlatformStaffFactory.create(email="root@platform.test", with_password=True)

    response = change(browser(staff, host))

    assert response.status_code == 302
    assert stored(staff).check_password(NEW)
