"""The Django admin: who comes in where, and that it obeys the services."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from apps.core.choices import TenantStatus
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.choices import AccountStatus
from apps.users.factories import PASSWORD, GroupFactory, PlatformStaffFactory, UserFactory, start_session_of
from apps.users.models import Group, GroupMembership, Invitation, Session, User

LOGIN = "/admin/login/"
HOST = "maple.localhost"
BOSS = "boss@maple.test"


@pytest.fixture
def boss(school: Tenant) -> User:
    with tenant_context(school):
        return UserFactory.create(email=BOSS, roles=["admin"], with_password=True)


@pytest.fixture
def staff(db: None) -> User:
    return PlatformStaffFactory.create(email="root@platform.test", with_password=True)


def log_in(host: str, email: str = BOSS, password: str = PASSWORD) -> tuple[Client, Any]:
    client = Client(SERVER_NAME=host)
    return client, client.post(f"{LOGIN}?next=/admin/", {"username": email, "password": password})


def inside(host: str, email: str = BOSS) -> Client:
    client, response = log_in(host, email)
    assert response.status_code == 302, response.content
    return client


def fresh(user: User) -> User:
    assert user.tenant_id is not None
    with tenant_context(user.tenant_id):
        return User.objects.get(id=user.id)


class TestLogin:
    def test_a_schools_admin_enters_on_the_schools_host(self, boss: User) -> None:
        client = inside(HOST)

        assert client.get("/admin/").status_code == 200
        assert fresh(boss).last_login_at is not None

    def test_elsewhere_the_right_password_is_told_where_to_go(self, boss: User) -> None:
        _, wrong = log_in("localhost", password="wrong")
        client, right = log_in("localhost")

        assert b"maple.localhost" in right.content
        assert b"maple.localhost" not in wrong.content
        assert client.get("/admin/").status_code == 302

    def test_another_schools_host_does_not_know_them(self, boss: User, other_school: Tenant) -> None:
        client, response = log_in("birch.localhost")

        assert b"Please enter the correct" in response.content
        assert client.get("/admin/").status_code == 302

    def test_learners_stay_outside(self, school: Tenant) -> None:
        with tenant_context(school):
            UserFactory.create(email="learner@maple.test", with_password=True)

        client, _ = log_in(HOST, "learner@maple.test")

        assert client.get("/admin/").status_code == 302

    @pytest.mark.parametrize("host", ["localhost", HOST])
    def test_platform_staff_enter_on_both(self, school: Tenant, staff: User, boss: User, host: str) -> None:
        client = inside(host, staff.email)

        listed = client.get("/admin/users/user/")
        assert listed.status_code == 200
        assert BOSS.encode() in listed.content
        assert (staff.email.encode() in listed.content) is (host == "localhost" or b"root@" in listed.content)

    def test_a_cookie_of_one_school_opens_no_other(self, boss: User, other_school: Tenant) -> None:
        client = inside(HOST)

        assert client.get("/admin/", SERVER_NAME="birch.localhost").status_code == 302
        assert client.get("/admin/", SERVER_NAME="localhost").status_code == 302
        assert client.get("/admin/").status_code == 200

    def test_a_suspended_account_is_out_at_once(self, boss: User, school: Tenant) -> None:
        client = inside(HOST)
        with tenant_context(school):
            User.objects.filter(id=boss.id).update(status=AccountStatus.SUSPENDED)

        assert client.get("/admin/").status_code == 302
        assert b"suspended" in log_in(HOST)[1].content

    def test_a_suspended_school_is_closed_at_once(self, boss: User, school: Tenant) -> None:
        client = inside(HOST)
        with tenant_context(school):
            Tenant.objects.update(status=TenantStatus.SUSPENDED)

        assert client.get("/admin/").status_code == 302

    def test_a_new_password_ends_the_cookies_session(self, boss: User, school: Tenant) -> None:
        client = inside(HOST)
        with tenant_context(school):
            User.objects.filter(id=boss.id).update(password="another")

        assert client.get("/admin/").status_code == 302

    def test_guessing_is_throttled_together_with_the_apis_login(self, boss: User, settings: Settings) -> None:
        settings.LOGIN_FAILURES_PER_ADDRESS = 2
        for _ in range(2):
            log_in(HOST, password="wrong")

        _, response = log_in(HOST)
        api = Client().post("/api/auth/login/", {"email": BOSS, "password": PASSWORD}, "application/json")

        assert b"Too many attempts" in response.content
        assert api.status_code == 429

    def test_without_a_request_or_a_password_nobody_is_meant(self, boss: User) -> None:
        assert Client().login(username=BOSS, password=PASSWORD) is False
        assert Client().login(username="", password="") is False


class TestAccounts:
    def account_form(self, user: User | None = None, **changes: Any) -> dict[str, Any]:
        base = {"email": "new@maple.test", "first_name": "New", "last_name": "User", "language": "en",
                "time_zone": "UTC", "roles": ["learner"], "new_password": ""}  # fmt: skip
        if user is not None:
            base |= {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}
        inline = {f"group_memberships-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
        return base | inline | changes

    def test_an_account_is_made_through_the_service(self, boss: User, school: Tenant) -> None:
        client = inside(HOST)
        url = "/admin/users/user/add/"

        weak = client.post(url, self.account_form(new_password="12345678"))
        made = client.post(url, self.account_form(new_password="securepassword123"))

        assert b"too common" in weak.content
        assert made.status_code == 302, made.content
        with tenant_context(school):
            user = User.objects.get(email="new@maple.test")
        assert user.roles == ["learner"]
        page = client.get(f"/admin/users/user/{user.id}/change/")
        assert page.status_code == 200
        assert b"argon2" not in page.content

    def test_what_it_changes_obeys_the_services(self, boss: User, school: Tenant, learner: User) -> None:
        client, session = inside(HOST), start_session_of(learner)
        url = f"/admin/users/user/{learner.id}/change/"

        form = self.account_form(learner, last_name="Gray", roles=["instructor"], new_password="securepassword123")
        changed = client.post(url, form)
        own = client.post(f"/admin/users/user/{boss.id}/change/", self.account_form(boss, roles=["learner"]))

        after = fresh(learner)
        assert changed.status_code == 302, changed.content
        assert (after.last_name, after.roles) == ("Gray", ["instructor"])
        with tenant_context(school):
            assert Session.objects.get(id=session.id).revoked_at is not None
        assert b"cannot do this to your own account" in own.content
        assert fresh(boss).roles == ["admin"]

    def test_actions(self, boss: User, school: Tenant, learner: User) -> None:
        client = inside(HOST)
        start_session_of(learner)

        def act(name: str, *users: User) -> Any:
            body = {"action": name, "_selected_action": [str(user.id) for user in users]}
            return client.post("/admin/users/user/", body, follow=True)

        statuses = []
        for name in ("end_sessions", "suspend", "activate"):
            assert act(name, learner).status_code == 200
            statuses.append(fresh(learner).status)
        refused = act("suspend", learner, boss)

        assert statuses == ["active", "suspended", "active"]
        assert b"cannot do this to your own account" in refused.content
        assert fresh(learner).status == "active"

    def test_deleting_suspends(self, boss: User, learner: User) -> None:
        response = inside(HOST).post(f"/admin/users/user/{learner.id}/delete/", {"post": "yes"})

        assert response.status_code == 302
        assert fresh(learner).status == "suspended"

    def test_a_principal_reads_and_changes_nothing(self, school: Tenant, learner: User) -> None:
        with tenant_context(school):
            UserFactory.create(email="head@maple.test", roles=["principal"], with_password=True)
        client = inside(HOST, "head@maple.test")
        url = f"/admin/users/user/{learner.id}/change/"

        assert client.get(url).status_code == 200
        assert client.post(url, self.account_form(learner, last_name="X")).status_code == 403
        assert client.get("/admin/users/user/add/").status_code == 403
        assert fresh(learner).last_name == learner.last_name

    def test_platform_staff_change_nothing_from_above(self, staff: User, learner: User) -> None:
        client = inside("localhost", staff.email)
        url = f"/admin/users/user/{learner.id}/change/"

        assert client.get(url).status_code == 200
        assert client.post(url, self.account_form(learner, last_name="X")).status_code == 403

    def test_a_neighbours_account_is_not_there(self, boss: User, stranger: User) -> None:
        client = inside(HOST)

        assert client.get(f"/admin/users/user/{stranger.id}/change/").status_code == 302
        assert stranger.email.encode() not in client.get("/admin/users/user/").content


class TestOthers:
    def test_groups_and_memberships(self, boss: User, school: Tenant, learner: User) -> None:
        client = inside(HOST)
        inline = {f"memberships-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}

        made = client.post("/admin/users/group/add/", {"name": "Cohort", "description": "", **inline})
        with tenant_context(school):
            group = Group.objects.get()
        url = f"/admin/users/group/{group.id}"
        changed = client.post(f"{url}/change/", {"name": "Cohort A", "description": "", **inline})
        added = client.post("/admin/users/groupmembership/add/", {"group": str(group.id), "user": str(learner.id)})
        with tenant_context(school):
            membership = GroupMembership.objects.get()
            count = Group.objects.get().member_count
        shown = client.get(f"{url}/change/")
        removed = client.post(f"/admin/users/groupmembership/{membership.id}/delete/", {"post": "yes"})
        deleted = client.post(f"{url}/delete/", {"post": "yes"})

        assert [r.status_code for r in (made, changed, added, removed, deleted)] == [302] * 5
        assert shown.status_code == 200
        assert count == 1
        with tenant_context(school):
            assert not Group.objects.exists()

    def test_invitations(self, boss: User, school: Tenant) -> None:
        client = inside(HOST)

        made = client.post("/admin/users/invitation/add/", {"email": "guest@guest.test", "roles": ["instructor"]})
        with tenant_context(school):
            invitation = Invitation.objects.get()
        page = client.get(f"/admin/users/invitation/{invitation.id}/change/")
        deleted = client.post(f"/admin/users/invitation/{invitation.id}/delete/", {"post": "yes"})

        assert [made.status_code, page.status_code, deleted.status_code] == [302, 200, 302]
        assert invitation.token_hash.encode() not in page.content
        with tenant_context(school):
            assert not Invitation.objects.exists()

    def test_sessions_are_ended_not_deleted(self, boss: User, school: Tenant, learner: User) -> None:
        client, session = inside(HOST), start_session_of(learner)

        page = client.get(f"/admin/users/session/{session.id}/change/")
        response = client.post(f"/admin/users/session/{session.id}/delete/", {"post": "yes"})

        assert (page.status_code, response.status_code) == (200, 302)
        with tenant_context(school):
            assert Session.objects.get(id=session.id).revoked_at is not None

    @pytest.mark.parametrize("model", ["user", "session", "invitation", "group", "groupmembership"])
    @pytest.mark.parametrize("host", [HOST, "localhost"])
    def test_every_list_opens(self, boss: User, staff: User, model: str, host: str) -> None:
        with tenant_context(boss.tenant_id or boss.id):
            GroupMembership.objects.create(group=GroupFactory.create(), user=boss)
        client = inside(host, staff.email)

        assert client.get(f"/admin/users/{model}/").status_code == 200
