"""Staying logged in: rotation, reuse, grace, logout, and everything that ends a session at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from apps.core.choices import TenantStatus
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.choices import RevocationReason
from apps.users.factories import PASSWORD, PlatformStaffFactory, UserFactory, client_of, start_session_of
from apps.users.models import Session, User
from apps.users.services.profiles import set_password
from apps.users.tasks import purge
from tests.fixtures import ClientOf

REFRESH = "/api/auth/token/refresh/"
SESSIONS = "/api/auth/sessions/"
ME = "/api/users/me/"
ALICE = "alice@maple.test"


@pytest.fixture
def alice(school: Tenant) -> User:
    with tenant_context(school):
        return UserFactory.create(email=ALICE, with_password=True)


def log_in(email: str = ALICE, **headers: str) -> dict[str, Any]:
    return APIClient(headers=headers).post("/api/auth/login/", {"email": email, "password": PASSWORD}).json()


def refresh(token: str, **headers: str) -> Any:
    return APIClient(headers=headers).post(REFRESH, {"refresh": token})


def with_token(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def session_of(user: User) -> Session:
    assert user.tenant_id is not None
    with tenant_context(user.tenant_id):
        return Session.objects.get(user=user)


def test_a_refresh_gives_a_new_pair_that_works(alice: User) -> None:
    first = log_in()

    response = refresh(first["refresh"])

    assert response.status_code == 200
    assert response.json().keys() == {"access", "refresh"}
    assert response.json()["refresh"] != first["refresh"]
    assert with_token(response.json()["access"]).get(ME).status_code == 200
    assert refresh(response.json()["refresh"]).status_code == 200


def test_within_the_grace_the_old_token_gives_the_familys_newest(alice: User) -> None:
    first = log_in()
    second = refresh(first["refresh"]).json()

    again = refresh(first["refresh"])

    assert again.status_code == 200
    assert refresh(second["refresh"]).status_code == 200
    assert refresh(again.json()["refresh"]).status_code == 200


def test_a_replay_after_the_grace_ends_the_whole_family(alice: User) -> None:
    first = log_in()
    second = refresh(first["refresh"]).json()

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        replay = refresh(first["refresh"])
        newest = refresh(second["refresh"])
        access = with_token(second["access"]).get(ME)

    assert (replay.status_code, replay.json()["code"]) == (401, "token_reused")
    assert replay["WWW-Authenticate"] == 'Bearer realm="api"'
    assert (newest.status_code, newest.json()["code"]) == (401, "session_ended")
    assert (access.status_code, access.json()["code"]) == (401, "session_ended")
    assert session_of(alice).revocation_reason == RevocationReason.REUSE


def test_a_token_of_two_generations_ago_is_a_replay_at_once(alice: User) -> None:
    first = log_in()["refresh"]
    refresh(refresh(first).json()["refresh"])

    assert refresh(first).json()["code"] == "token_reused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_twenty_parallel_refreshes_all_succeed_and_leave_one_family(alice: User) -> None:
    token = log_in()["refresh"]

    def exchange(_number: int) -> Any:
        try:
            return refresh(token)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(exchange, range(20)))
    afterwards = [refresh(response.json()["refresh"]) for response in responses[:1]]

    assert [response.status_code for response in responses] == [200] * 20
    assert [response.status_code for response in afterwards] == [200]
    assert session_of(alice).revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_a_refresh_takes_at_most_six_statements(alice: User) -> None:
    token = log_in()["refresh"]

    with CaptureQueriesContext(connection) as queries:
        refresh(token)

    assert len(queries) <= 6


def test_tokens_of_another_school_do_not_pass_its_neighbours_host(alice: User, other_school: Tenant) -> None:
    tokens = log_in()

    assert refresh(tokens["refresh"], Host="birch.localhost").json()["code"] == "tenant_mismatch"
    response = APIClient(headers={"Authorization": f"Bearer {tokens['access']}", "X-Tenant-Slug": "birch"}).get(ME)
    assert (response.status_code, response.json()["code"]) == (403, "tenant_mismatch")
    assert refresh(tokens["refresh"], Host="maple.localhost").status_code == 200


def test_platform_staff_refresh_and_see_their_sessions_inside_of_a_school(school: Tenant) -> None:
    staff = PlatformStaffFactory.create(with_password=True)
    tokens = log_in(staff.email, **{"X-Tenant-Slug": "maple"})

    renewed = refresh(tokens["refresh"], **{"X-Tenant-Slug": "maple"})
    client = APIClient(headers={"Authorization": f"Bearer {renewed.json()['access']}", "X-Tenant-Slug": "maple"})

    assert renewed.status_code == 200
    assert [row["is_current"] for row in client.get(SESSIONS).json()["results"]] == [True]
    assert client.get(ME).json()["email"] == staff.email
    assert client.patch(ME, {"bio": "Keeps things running."}).json()["bio"] == "Keeps things running."


def forged(access: str, **changes: Any) -> dict[str, str]:
    """Return tokens that this installation did not sign, or that are not what they should be."""
    claims = jwt.decode(access, options={"verify_signature": False}) | changes
    key = settings.JWT_SECRET_KEY
    return {
        "none": jwt.encode(claims, "", algorithm="none"),
        "other key": jwt.encode(claims, "k" * 40, algorithm="HS256"),
        "other algorithm": jwt.encode(claims, key, algorithm="HS512"),
        "expired": jwt.encode({**claims, "exp": 1}, key, algorithm="HS256"),
        "no session": jwt.encode({k: v for k, v in claims.items() if k != "sid"}, key, algorithm="HS256"),
        "sub no id": jwt.encode({**claims, "sub": "1"}, key, algorithm="HS256"),
        "garbage": "a.b.c",
        "empty": "",
    }


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_forged_and_expired_tokens_open_nothing(alice: User) -> None:
    tokens = log_in()

    for kind, token in {**forged(tokens["access"]), "refresh as access": tokens["refresh"]}.items():
        response = with_token(token).get(ME)
        assert (kind, response.status_code) == (kind, 401)
    for kind, token in {**forged(tokens["refresh"]), "access as refresh": tokens["access"]}.items():
        response = refresh(token)
        assert (kind, response.status_code) == (kind, 400 if token == "" else 401)


def test_claims_of_another_tenant_or_account_do_not_fit_the_session(alice: User, stranger: User) -> None:
    claims = jwt.decode(log_in()["access"], options={"verify_signature": False})
    key = settings.JWT_SECRET_KEY

    for change in ({"tenant": str(stranger.tenant_id)}, {"sub": str(stranger.id)}, {"tenant": None}):
        response = with_token(jwt.encode({**claims, **change}, key, algorithm="HS256")).get(ME)
        assert response.status_code == 401


@pytest.mark.parametrize("by", ["access", "refresh", "both"])
def test_logout_ends_the_session_at_once(alice: User, by: str) -> None:
    tokens = log_in()
    client = with_token(tokens["access"]) if by != "refresh" else APIClient()

    response = client.post("/api/auth/logout/", {"refresh": tokens["refresh"]} if by != "access" else {})

    assert response.status_code == 204
    assert with_token(tokens["access"]).get(ME).json()["code"] == "session_ended"
    assert refresh(tokens["refresh"]).json()["code"] == "session_ended"
    assert session_of(alice).revocation_reason == RevocationReason.LOGOUT


def test_logging_out_twice_is_fine_and_without_any_token_it_is_not(alice: User) -> None:
    tokens = log_in()
    first, second = (APIClient().post("/api/auth/logout/", {"refresh": tokens["refresh"]}) for _ in range(2))

    assert [first.status_code, second.status_code] == [204, 204]
    assert APIClient().post("/api/auth/logout/").status_code == 401
    assert APIClient().post("/api/auth/logout/", {"refresh": "x"}).json()["code"] == "token_invalid"


def test_suspension_of_the_account_cuts_access_at_once(alice: User, admin: User, as_user: ClientOf) -> None:
    tokens = log_in()

    as_user(admin).post(f"/api/users/{alice.id}/suspend/")

    assert with_token(tokens["access"]).get(ME).status_code == 401
    assert refresh(tokens["refresh"]).json()["code"] == "account_suspended"


def test_suspension_of_the_school_cuts_access_at_once(alice: User, school: Tenant) -> None:
    tokens = log_in()
    with tenant_context(school):
        Tenant.objects.update(status=TenantStatus.SUSPENDED)

    assert with_token(tokens["access"]).get(ME).status_code == 401
    assert refresh(tokens["refresh"]).json()["code"] == "tenant_suspended"


def test_a_new_password_ends_all_other_sessions_at_once(alice: User) -> None:
    here, there = log_in(), log_in()
    body = {"old_password": PASSWORD, "new_password": "another long sentence"}

    response = with_token(here["access"]).post("/api/users/me/change-password/", body)

    assert response.status_code == 204
    assert with_token(here["access"]).get(ME).status_code == 200
    assert refresh(here["refresh"]).status_code == 200
    assert with_token(there["access"]).get(ME).status_code == 401
    assert refresh(there["refresh"]).status_code == 401


def test_a_password_set_by_staff_ends_all_sessions(alice: User, admin: User) -> None:
    tokens = log_in()

    with tenant_context(admin.tenant_id or admin.id):
        set_password(account=alice, password="another long sentence", by=admin)

    assert with_token(tokens["access"]).get(ME).status_code == 401


def test_people_list_and_end_their_own_sessions_only(learner: User, admin: User, as_user: ClientOf) -> None:
    client, other = as_user(learner), start_session_of(learner)
    foreign = start_session_of(admin)

    listed = client.get(SESSIONS).json()["results"]
    ended = client.delete(f"{SESSIONS}{other.id}/")
    refused = [client.delete(f"{SESSIONS}{name}/").status_code for name in (foreign.id, other.id, "x")]

    assert {row["id"]: row["is_current"] for row in listed}[str(other.id)] is False
    assert sorted(row["is_current"] for row in listed) == [False, True]
    assert ended.status_code == 204
    assert refused == [404, 404, 404]
    assert session_of(admin).revoked_at is None


def test_people_end_all_sessions_but_this_one(learner: User, as_user: ClientOf) -> None:
    start_session_of(learner)
    client = as_user(learner)

    response = client.delete(SESSIONS)

    assert response.status_code == 204
    assert [row["is_current"] for row in client.get(SESSIONS).json()["results"]] == [True]


def test_a_stranger_and_nobody_reach_no_session(learner: User, stranger: User, as_user: ClientOf) -> None:
    session = start_session_of(learner)

    assert as_user(stranger).delete(f"{SESSIONS}{session.id}/").status_code == 404
    assert as_user(None).get(SESSIONS).status_code == 401
    assert session_of(learner).revoked_at is None


def test_the_night_deletes_sessions_that_are_long_over(learner: User, platform_staff: User) -> None:
    alive = start_session_of(learner)
    client_of(platform_staff)
    with tenant_context(learner.tenant_id or learner.id):
        Session.objects.filter(id=start_session_of(learner).id).update(expires_at=timezone.now() - timedelta(days=31))
        Session.objects.filter(id=start_session_of(learner).id).update(revoked_at=timezone.now() - timedelta(days=31))
    with platform_context(reason="test"):
        Session.objects.filter(user=platform_staff).update(revoked_at=timezone.now() - timedelta(days=31))

    assert purge() == 3
    assert session_of(learner) == alive


class TestSwitch:
    @pytest.fixture(autouse=True)
    def _both(self, alice: User, other_school: Tenant) -> None:
        with tenant_context(other_school):
            UserFactory.create(email=ALICE, with_password=True)
            UserFactory.create(email="somebody@birch.test", with_password=True)

    def switch(self, alice: User, **body: str) -> Any:
        return client_of(alice).post("/api/auth/switch/", {"tenant": "birch", "password": PASSWORD} | body)

    def test_the_password_of_the_other_account_opens_it(self, alice: User, other_school: Tenant) -> None:
        response = self.switch(alice)

        assert response.status_code == 200
        assert response.json()["user"]["tenant"]["slug"] == "birch"
        assert with_token(response.json()["access"]).get(ME).json()["tenant"]["slug"] == "birch"
        assert session_of(alice).revoked_at is None

    def test_a_wrong_password_and_an_unknown_school_answer_alike(self, alice: User) -> None:
        wrong = [self.switch(alice, password="wrong"), self.switch(alice, tenant="nowhere")]

        assert [(r.status_code, r.json()["code"]) for r in wrong] == [(400, "invalid_credentials")] * 2

    def test_nobody_switches_without_a_session(self, db: None) -> None:
        assert APIClient().post("/api/auth/switch/", {"tenant": "birch", "password": PASSWORD}).status_code == 401
