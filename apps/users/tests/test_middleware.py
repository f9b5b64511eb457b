"""Where a request gets its tenant: host, header, token and account must agree."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone
from rest_framework.test import APIClient

from apps.core.models import Tenant, TenantDomain
from apps.core.tenancy.context import tenant_context
from apps.users.factories import client_of
from apps.users.models import User

CURRENT = "/api/core/tenants/current/"
ME = "/api/users/me/"


def get(url: str = CURRENT, **headers: str) -> Any:
    return APIClient(headers=headers).get(url)


@pytest.fixture
def domain(school: Tenant, settings: Any) -> str:
    settings.ALLOWED_HOSTS = ["*"]
    with tenant_context(school):
        TenantDomain.objects.create(domain="learn.maple.test", verification_token="x", verified_at=timezone.now())
        TenantDomain.objects.create(domain="unproven.maple.test", verification_token="x")
    return "learn.maple.test"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "maple.localhost"},
        {"Host": "maple.localhost:8000"},
        {"Host": "MAPLE.localhost"},
        {"X-Tenant-Slug": " Maple "},
        {"Host": "maple.localhost", "X-Tenant-Slug": "maple"},
        {"Host": "learn.maple.test"},
        {"Host": "learn.maple.test", "X-Tenant-Slug": "maple"},
    ],
)
def test_host_or_header_name_the_school(domain: str, headers: dict[str, str]) -> None:
    assert get(**headers).json()["slug"] == "maple"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "nowhere.localhost"}, 404),
        ({"Host": "admin.localhost"}, 404),
        ({"Host": "a.b.localhost"}, 404),
        ({"Host": "unproven.maple.test"}, 404),
        ({"Host": "elsewhere.test"}, 404),
        ({"X-Tenant-Slug": "not a slug"}, 404),
        ({"X-Tenant-Slug": ""}, 404),
        ({"X-Tenant-Slug": "maple' OR '1'='1"}, 404),
        ({"Host": "maple.localhost", "X-Tenant-Slug": "birch"}, 403),
        ({"Host": "learn.maple.test", "X-Tenant-Slug": "birch"}, 404),
    ],
)
def test_what_names_no_school_or_two(domain: str, other_school: Tenant, headers: dict[str, str], status: int) -> None:
    assert get(**headers).status_code == status


def test_a_host_that_is_not_served(db: None) -> None:
    assert get(Host="evil.example").status_code == 400


@pytest.mark.parametrize(
    "headers", [{"Host": "birch.localhost"}, {"X-Tenant-Slug": "birch"}, {"Host": "learn.maple.test"}]
)
def test_a_token_works_in_its_own_school_only(
    domain: str, other_school: Tenant, learner: User, stranger: User, headers: dict[str, str]
) -> None:
    user = stranger if headers.get("Host") == domain else learner

    response = client_of(user, **headers).get(ME)

    assert (response.status_code, response.json()["code"]) == (403, "tenant_mismatch")


def test_platform_staff_of_an_unknown_school(platform_staff: User) -> None:
    assert client_of(platform_staff, **{"X-Tenant-Slug": "nowhere"}).get(ME).status_code == 403


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "bearer x", "Token x", "\x00", "Bearer é"])
def test_other_credentials_are_nobodys(db: None, header: str) -> None:
    assert get(ME, Authorization=header).status_code == 401


def test_a_database_that_does_not_answer(db: None) -> None:
    with patch("apps.users.middleware.enter", side_effect=OperationalError):
        response = get(**{"X-Tenant-Slug": "maple"})

    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")


def test_probes_need_no_school(db: None) -> None:
    assert get("/health", Host="maple.localhost").status_code == 200
