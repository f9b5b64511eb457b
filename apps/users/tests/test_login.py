"""Logging in: the brief's request, one answer for all failures, and what it costs."""

from typing import Any, cast
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from apps.core.choices import TenantStatus
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.choices import AccountStatus
from apps.users.factories import PASSWORD, PlatformStaffFactory, UserFactory
from apps.users.hashers import LmsArgon2PasswordHasher
from apps.users.models import Session, User
from apps.users.services.sessions import Device, start_session
from apps.users.tokens import ACCESS, read_token

LOGIN = "/api/auth/login/"
ALICE = "alice@maple.test"


@pytest.fixture
def alice(school: Tenant) -> User:
    with tenant_context(school):
        return UserFactory.create(email=ALICE, with_password=True, first_name="Alice")


def log_in(email: str = ALICE, password: str = PASSWORD, **headers: str) -> Any:
    return APIClient(headers=headers).post(LOGIN, {"email": email, "password": password})


def sessions_of(user: User) -> int:
    assert user.tenant_id is not None
    with tenant_context(user.tenant_id):
        return Session.objects.filter(user=user).count()


def test_a_learner_logs_in_on_the_platforms_host_without_naming_the_school(alice: User, school: Tenant) -> None:
    response = log_in("Alice@Maple.test")

    claims = read_token(response.json()["access"], kind=ACCESS)
    assert response.status_code == 200
    assert (claims.user_id, claims.tenant_id) == (alice.id, school.id)
    assert response.json()["user"] == {
        "id": str(alice.id),
        "email": ALICE,
        "first_name": "Alice",
        "last_name": alice.last_name,
        "roles": ["learner"],
        "is_platform_staff": False,
        "language": "en",
        "time_zone": "UTC",
        "tenant": {"id": str(school.id), "slug": "maple", "name": "Maple School"},
    }


def test_the_access_token_opens_the_profile(alice: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {log_in().json()['access']}")

    response = client.get("/api/users/me/")

    assert response.status_code == 200
    assert response.json()["email"] == ALICE
    assert response.json()["tenant"]["slug"] == "maple"


def test_platform_staff_log_in_on_the_platforms_host_and_on_a_schools(school: Tenant) -> None:
    staff = PlatformStaffFactory.create(email="root@platform.test", with_password=True)

    on_platform = log_in(staff.email)
    on_school = log_in(staff.email, **{"X-Tenant-Slug": "maple"})

    assert [on_platform.status_code, on_school.status_code] == [200, 200]
    assert on_platform.json()["user"]["is_platform_staff"] is True
    assert on_platform.json()["user"]["tenant"] is None


def test_nobody_takes_the_staffs_login_away_by_an_account_with_their_address(school: Tenant) -> None:
    staff = PlatformStaffFactory.create(email="root@platform.test", with_password=True)
    with tenant_context(school):
        UserFactory.create(email="root@platform.test", password=make_password("another password"))

    response = log_in(staff.email)

    assert response.status_code == 200
    assert response.json()["user"]["id"] == str(staff.id)


@pytest.fixture
def twice(alice: User, other_school: Tenant) -> User:
    """Give Alice's address a second account."""
    with tenant_context(other_school):
        return UserFactory.create(email=ALICE, with_password=True)


def test_an_address_with_two_accounts_needs_the_school(twice: User, alice: User) -> None:
    assert log_in().json()["code"] == "invalid_credentials"
    assert log_in(**{"X-Tenant-Slug": "birch"}).json()["user"]["id"] == str(twice.id)
    assert log_in(Host="maple.localhost").json()["user"]["id"] == str(alice.id)


@pytest.fixture
def crowd(alice: User, school: Tenant, other_school: Tenant) -> None:
    """Add the accounts that nobody logs in to."""
    with tenant_context(school):
        UserFactory.create(email="unusable@maple.test", password="!")
        UserFactory.create(email="suspended@maple.test", status=AccountStatus.SUSPENDED, with_password=True)
        UserFactory.create(email="twice@maple.test", with_password=True)
    with tenant_context(other_school):
        UserFactory.create(email="twice@maple.test", with_password=True)


FAILURES: list[tuple[str, str, dict[str, str]]] = [
    (ALICE, "wrong", {}),
    ("nobody@maple.test", PASSWORD, {}),
    ("unusable@maple.test", PASSWORD, {}),
    ("suspended@maple.test", "wrong", {}),
    ("twice@maple.test", PASSWORD, {}),
    (ALICE, PASSWORD, {"X-Tenant-Slug": "birch"}),
    ("not an address", PASSWORD, {}),
]


def test_every_failure_has_the_same_body_and_costs_one_verification_and_as_many_statements(
    crowd: None, alice: User
) -> None:
    verify, costs, answers = LmsArgon2PasswordHasher.verify, [], []

    for email, password, headers in FAILURES:
        with (
            patch.object(LmsArgon2PasswordHasher, "verify", autospec=True, side_effect=verify) as verifications,
            patch.object(LmsArgon2PasswordHasher, "encode", autospec=True) as hashes,
            CaptureQueriesContext(connection) as queries,
        ):
            response = log_in(email, password, **headers)
        asked = sum("users_accounts_of" in query["sql"] for query in queries)
        costs.append((verifications.call_count, hashes.call_count, asked))
        answers.append((response.status_code, {**response.json(), "request_id": ""}))

    assert costs == [(1, 0, 1)] * len(FAILURES)
    assert [status for status, _ in answers] == [400] * len(FAILURES)
    assert all(body == answers[0][1] for _, body in answers)
    assert answers[0][1]["code"] == "invalid_credentials"
    assert sessions_of(alice) == 0


def test_a_suspended_account_learns_so_only_with_the_right_password(crowd: None) -> None:
    response = log_in("suspended@maple.test")

    assert response.status_code == 403
    assert response.json()["code"] == "account_suspended"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (TenantStatus.SUSPENDED, (403, "tenant_suspended")),
        (TenantStatus.ARCHIVED, (403, "tenant_suspended")),
        (TenantStatus.READ_ONLY, (200, None)),
    ],
)
def test_the_school_decides_too(alice: User, school: Tenant, status: str, answer: tuple[int, str | None]) -> None:
    with tenant_context(school):
        Tenant.objects.filter(id=school.id).update(status=status)

    response = log_in()

    assert (response.status_code, response.json().get("code")) == answer
    assert log_in(password="wrong").json()["code"] == "invalid_credentials"


def test_an_unknown_school_is_named_as_such(alice: User) -> None:
    assert log_in(**{"X-Tenant-Slug": "nowhere"}).status_code == 404
    assert log_in(**{"X-Tenant-Slug": "birch", "Host": "maple.localhost"}).status_code == 403


def test_an_old_access_token_does_not_disturb_the_login(alice: User, school: Tenant, other_school: Tenant) -> None:
    old = log_in().json()
    APIClient().post("/api/auth/logout/", {"refresh": old["refresh"]})

    here = log_in(Authorization=f"Bearer {old['access']}", Host="maple.localhost")
    elsewhere = log_in(Authorization=f"Bearer {old['access']}", Host="birch.localhost")
    garbage = log_in(Authorization="Bearer garbage")

    assert [here.status_code, elsewhere.status_code, garbage.status_code] == [200, 400, 200]


def test_a_hash_with_old_parameters_is_replaced(alice: User, school: Tenant) -> None:
    with tenant_context(school):
        User.objects.filter(id=alice.id).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))

    first, second = log_in(), log_in()

    with tenant_context(school):
        assert User.objects.get(id=alice.id).password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert [first.status_code, second.status_code] == [200, 200]


def test_a_password_changed_while_it_was_proven_starts_no_session(alice: User) -> None:
    tokens = start_session(
        user=alice, proven="another hash", encoded=alice.password, device=Device(), now=alice.created_at
    )

    assert tokens is None
    assert sessions_of(alice) == 0


def test_such_a_login_answers_like_a_wrong_password(alice: User) -> None:
    with patch("apps.users.services.login.start_session", return_value=None):
        response = log_in()

    assert response.json()["code"] == "invalid_credentials"


@pytest.mark.parametrize("headers", [{}, {"X-Tenant-Slug": "maple"}, {"Host": "maple.localhost"}])
@pytest.mark.django_db(transaction=True)
def test_a_login_takes_at_most_six_statements(alice: User, headers: dict[str, str]) -> None:
    log_in(**headers)

    with CaptureQueriesContext(connection) as queries:
        response = log_in(**headers)

    assert response.status_code == 200
    assert len(queries) <= 6


@pytest.mark.django_db(transaction=True)
def test_a_login_of_platform_staff_in_a_school_takes_no_more(school: Tenant) -> None:
    staff = PlatformStaffFactory.create(with_password=True)

    with CaptureQueriesContext(connection) as queries:
        response = log_in(staff.email, **{"X-Tenant-Slug": "maple"})

    assert response.status_code == 200
    assert len(queries) <= 6


@pytest.mark.parametrize(
    "body",
    [
        None, [], "text", 5, {}, {"email": ALICE}, {"email": ALICE, "password": None},
        {"email": [ALICE], "password": {}}, {"email": "a\x00b@maple.test", "password": PASSWORD},
        {"email": ALICE, "password": "a\x00b"}, {"email": ALICE, "password": "x" * 5000},
    ],
)  # fmt: skip
def test_malformed_bodies_are_the_callers_fault(alice: User, body: Any) -> None:
    response = APIClient().post(LOGIN, body)

    assert response.status_code == 400


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"email": "' + b"x" * 6_000_000 + b'"}', b'{"email": "\\ud800@b.test", "password": "x"}', b'{"email": "a@b.test", "password": "\\ud800"}'])  # fmt: skip  # noqa: E501
def test_bodies_that_are_no_json_are_the_callers_fault(db: None, raw: bytes) -> None:
    response = APIClient().generic("POST", LOGIN, cast("str", raw), content_type="application/json")

    assert 400 <= response.status_code < 500


class TestThrottle:
    @pytest.fixture(autouse=True)
    def _limits(self, settings: Settings) -> None:
        settings.LOGIN_FAILURES_PER_ADDRESS = 3
        settings.LOGIN_FAILURES_PER_NETWORK = 5

    def test_an_address_is_closed_after_its_failures_also_for_the_right_password(self, alice: User) -> None:
        before = [log_in(password="wrong").status_code for _ in range(3)]
        response = log_in()

        assert before == [400] * 3
        assert response.status_code == 429
        assert response.json()["code"] == "throttled"
        assert 1 <= int(response["Retry-After"]) <= 900

    def test_an_address_without_an_account_is_closed_just_the_same(self, db: None) -> None:
        statuses = [log_in("nobody@maple.test").status_code for _ in range(4)]

        assert statuses == [400, 400, 400, 429]

    def test_a_success_counts_nowhere_and_forgives_no_failure(self, alice: User) -> None:
        statuses = [log_in().status_code for _ in range(4)]
        statuses += [log_in(password="wrong").status_code, log_in().status_code, log_in(password="wrong").status_code]
        statuses += [log_in(password="wrong").status_code, log_in().status_code]

        assert statuses == [200] * 4 + [400, 200, 400, 400, 429]

    def test_an_account_of_the_same_address_elsewhere_buys_no_new_guesses(
        self, alice: User, other_school: Tenant
    ) -> None:
        with tenant_context(other_school):
            UserFactory.create(email=ALICE, with_password=True)

        statuses = [
            log_in(password=password, **{"X-Tenant-Slug": slug}).status_code
            for slug, password in [("maple", "guess"), ("maple", "guess"), ("birch", PASSWORD), ("maple", "guess")]
        ]
        response = log_in(**{"X-Tenant-Slug": "maple"})

        assert statuses == [400, 400, 200, 400]
        assert (response.status_code, sessions_of(alice)) == (429, 0)

    def test_neighbours_in_a_network_share_its_counter_and_others_do_not(self, db: None, settings: Any) -> None:
        settings.TRUSTED_PROXY_COUNT = 1
        near = [log_in(f"a{n}@b.test", **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(6)]
        far = log_in("z@b.test", **{"X-Forwarded-For": "203.0.114.1"}).status_code

        assert near == [400] * 5 + [429]
        assert far == 400

    def test_a_forged_forwarded_header_makes_no_new_network(self, db: None) -> None:
        statuses = [log_in(f"a{n}@b.test", **{"X-Forwarded-For": f"198.51.{n}.1"}).status_code for n in range(6)]

        assert statuses[-1] == 429

    def test_without_a_cache_people_log_in(self, alice: User) -> None:
        with patch("apps.users.services.throttle.cache") as cache:
            cache.add.side_effect = cache.delete.side_effect = cache.decr.side_effect = ConnectionError
            response = log_in()

        assert response.status_code == 200
