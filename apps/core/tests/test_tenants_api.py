"""Tenants over HTTP: the platform's staff run them, everybody sees whose login page it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.core.models import Tenant, TenantDomain
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

TENANTS = "/api/core/tenants/"


def stored(tenant: Tenant) -> Tenant:
    with platform_context(reason="test"):
        return Tenant.objects.get(id=tenant.id)


def test_platform_staff_list_all_tenants(
    platform_staff: User, school: Tenant, other_school: Tenant, as_user: ClientOf
) -> None:
    response = as_user(platform_staff).get(TENANTS)

    assert response.status_code == 200
    assert [tenant["slug"] for tenant in response.json()["results"]] == ["birch", "maple"]


def test_admins_do_not_reach_tenants(admin: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(admin)

    assert client.get(TENANTS).status_code == 403
    assert client.post(TENANTS, {"name": "New", "slug": "new"}).status_code == 403
    assert client.get(f"{TENANTS}{school.id}/").status_code == 403
    assert client.patch(f"{TENANTS}{school.id}/", {"name": "Mine"}).status_code == 403
    assert client.post(f"{TENANTS}{school.id}/suspend/").status_code == 403
    assert stored(school).name == "Maple School"
    assert stored(school).status == "active"


def test_nobody_must_log_in_first(db: None, as_user: ClientOf) -> None:
    assert as_user(None).get(TENANTS).status_code == 401


def test_platform_staff_create_a_tenant(platform_staff: User, as_user: ClientOf) -> None:
    body = {"name": "Cedar", "slug": "cedar", "theme": {"primary_color": "#123456"}}

    response = as_user(platform_staff).post(TENANTS, body)

    assert response.status_code == 201
    assert response.json() | body == response.json()
    assert response.json()["status"] == "active"


@pytest.mark.parametrize("headers", [{}, {"X-Tenant-Slug": "maple"}])
def test_a_tenant_is_created_from_any_host(
    platform_staff: User, school: Tenant, as_user: ClientOf, headers: dict[str, str]
) -> None:
    response = as_user(platform_staff).post(TENANTS, {"name": "Cedar", "slug": "cedar"}, headers=headers)

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({"name": "X", "slug": "Not A Slug"}, 400, "slug", "invalid_slug"),
        ({"name": "X", "slug": "admin"}, 400, "slug", "reserved_slug"),
        ({"name": "X", "slug": "x", "theme": {"font": "comic"}}, 400, "theme", "unknown_theme_key"),
        ({"name": "X", "slug": "x", "theme": {"primary_color": "red"}}, 400, "theme", "invalid_theme"),
        ({"name": "X", "slug": "x", "theme": "red"}, 400, "theme", "not_a_dict"),
        ({"slug": "x"}, 400, "name", "required"),
        ({"name": "X", "slug": "maple"}, 409, "slug", "slug_taken"),
    ],
)
def test_what_is_wrong_with_a_new_tenant_is_said_by_field(
    platform_staff: User, school: Tenant, as_user: ClientOf, body: dict[str, object], status: int, field: str, code: str
) -> None:
    response = as_user(platform_staff).post(TENANTS, body)

    assert response.status_code == status
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [(field, code)]


def test_a_tenant_answers_to_id_and_slug(platform_staff: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(platform_staff)

    assert client.get(f"{TENANTS}{school.id}/").json() == client.get(f"{TENANTS}maple/").json()
    assert client.get(f"{TENANTS}oak/").status_code == 404
    assert client.get(f"{TENANTS}%00/").status_code == 404


def test_platform_staff_change_a_tenant(platform_staff: User, school: Tenant, as_user: ClientOf) -> None:
    response = as_user(platform_staff).patch(f"{TENANTS}maple/", {"name": "Maple Academy"})

    assert response.status_code == 200
    assert stored(school).name == "Maple Academy"


def test_the_status_moves_along_its_table(platform_staff: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(platform_staff)
    steps = ["suspend", "activate", "make-read-only", "archive", "activate"]

    answers = [client.post(f"{TENANTS}maple/{step}/") for step in steps]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 409]
    assert [answer.json()["status"] for answer in answers[:4]] == ["suspended", "active", "read_only", "archived"]
    assert answers[4].json()["code"] == "transition_not_allowed"
    assert answers[4].json()["status_now"] == "archived"


def test_tokens_stop_when_the_school_is_suspended(
    platform_staff: User, learner: User, admin: User, as_user: ClientOf
) -> None:
    client = as_user(admin)
    assert client.get("/api/core/settings/").status_code == 200

    as_user(platform_staff).post(f"{TENANTS}maple/suspend/")

    assert client.get("/api/core/settings/").status_code == 401
    as_user(platform_staff).post(f"{TENANTS}maple/activate/")
    assert client.get("/api/core/settings/").status_code == 200


def test_a_read_only_school_reads_and_does_not_change(platform_staff: User, admin: User, as_user: ClientOf) -> None:
    client = as_user(admin)
    as_user(platform_staff).post(f"{TENANTS}maple/make-read-only/")

    refused = client.patch("/api/core/settings/", {"features": {"ai_content_generation": True}})

    assert refused.status_code == 403
    assert refused.json()["code"] == "tenant_read_only"
    assert client.get("/api/core/settings/").json()["features"] == {"ai_content_generation": False}


@pytest.mark.parametrize("headers", [{"Host": "maple.localhost"}, {"X-Tenant-Slug": "maple"}])
@pytest.mark.parametrize("status", ["active", "suspended", "read_only", "archived"])
def test_everybody_sees_whose_login_page_it_is(
    school: Tenant, as_user: ClientOf, headers: dict[str, str], status: str
) -> None:
    with platform_context(reason="test"):
        Tenant.objects.update(status=status, theme={"primary_color": "#123456"})

    response = as_user(None).get(f"{TENANTS}current/", headers=headers)

    assert response.status_code == 200
    assert response.json() == {
        "id": str(school.id),
        "name": "Maple School",
        "slug": "maple",
        "theme": {"primary_color": "#123456"},
        "settings": response.json()["settings"],
    }
    assert response.json()["settings"]["support"] == {"email": ""}


def test_the_page_of_this_host_costs_two_statements(school: Tenant, as_user: ClientOf) -> None:
    client = as_user(None, **{"X-Tenant-Slug": "maple"})
    client.get(f"{TENANTS}current/")

    with CaptureQueriesContext(connection) as queries:
        client.get(f"{TENANTS}current/")

    assert len(queries) == 2


@pytest.mark.parametrize(("headers", "code"), [({}, "no_tenant"), ({"Host": "oak.localhost"}, "unknown_tenant")])
def test_a_host_without_a_school_says_so(db: None, as_user: ClientOf, headers: dict[str, str], code: str) -> None:
    response = as_user(None).get(f"{TENANTS}current/", headers=headers)

    assert response.status_code == 404
    assert response.json()["code"] == code


def test_a_custom_domain_leads_to_its_school_once_verified(
    platform_staff: User, school: Tenant, as_user: ClientOf, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = as_user(platform_staff)
    current = f"{TENANTS}current/"

    added = client.post(f"{TENANTS}maple/domains/", {"domain": "Learn.Maple.Example"}).json()
    before = as_user(None).get(current, HTTP_HOST="learn.maple.example")
    too_early = client.post(f"/api/core/domains/{added['id']}/make-primary/")
    verified = client.post(f"/api/core/domains/{added['id']}/verify/")
    again = client.post(f"/api/core/domains/{added['id']}/verify/")
    primary = client.post(f"/api/core/domains/{added['id']}/make-primary/")
    after = as_user(None).get(current, HTTP_HOST="learn.maple.example")

    assert added["domain"] == "learn.maple.example"
    assert (before.status_code, too_early.status_code) == (404, 409)
    assert too_early.json()["code"] == "domain_not_verified"
    assert verified.json()["is_verified"] is True
    assert again.json()["verified_at"] == verified.json()["verified_at"]
    assert primary.json()["is_primary"] is True
    assert after.json()["slug"] == "maple"


def test_a_tenant_has_one_primary_domain(platform_staff: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(platform_staff)
    for name in ("a.example", "b.example"):
        domain = client.post(f"{TENANTS}maple/domains/", {"domain": name}).json()
        client.post(f"/api/core/domains/{domain['id']}/verify/")
        client.post(f"/api/core/domains/{domain['id']}/make-primary/")

    listed = client.get(f"{TENANTS}{school.id}/domains/").json()["results"]

    assert [(domain["domain"], domain["is_primary"]) for domain in listed] == [
        ("a.example", False),
        ("b.example", True),
    ]


def test_a_domain_belongs_to_one_tenant(
    platform_staff: User, school: Tenant, other_school: Tenant, as_user: ClientOf
) -> None:
    client = as_user(platform_staff)
    client.post(f"{TENANTS}maple/domains/", {"domain": "learn.example"})

    taken = client.post(f"{TENANTS}birch/domains/", {"domain": "learn.example"})

    assert taken.status_code == 409
    assert taken.json()["errors"][0]["code"] == "domain_taken"
    assert client.post(f"{TENANTS}birch/domains/", {"domain": "no host"}).status_code == 400
    assert client.post(f"{TENANTS}oak/domains/", {"domain": "oak.example"}).status_code == 404


def test_a_removed_domain_is_gone(platform_staff: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(platform_staff)
    domain = client.post(f"{TENANTS}maple/domains/", {"domain": "learn.example"}).json()

    removed = client.delete(f"/api/core/domains/{domain['id']}/")

    assert removed.status_code == 204
    assert client.get(f"/api/core/domains/{domain['id']}/").status_code == 404


def test_admins_do_not_reach_domains(admin: User, school: Tenant, as_user: ClientOf) -> None:
    with tenant_context(school):
        domain = TenantDomain.objects.create(domain="learn.example", verification_token="x")
    client = as_user(admin)

    assert client.get(f"{TENANTS}maple/domains/").status_code == 403
    assert client.post(f"{TENANTS}maple/domains/", {"domain": "other.example"}).status_code == 403
    assert client.post(f"/api/core/domains/{domain.id}/verify/").status_code == 403
    assert client.delete(f"/api/core/domains/{domain.id}/").status_code == 403
    with tenant_context(school):
        assert list(TenantDomain.objects.values_list("domain", "verified_at")) == [("learn.example", None)]


def refuse(domain: TenantDomain) -> bool:
    return False


def test_a_proof_of_ownership_can_be_plugged_in(
    platform_staff: User, school: Tenant, as_user: ClientOf, settings: Settings
) -> None:
    settings.DOMAIN_PROOF = "apps.core.tests.test_tenants_api.refuse"
    client = as_user(platform_staff)
    domain = client.post(f"{TENANTS}maple/domains/", {"domain": "learn.example"}).json()

    response = client.post(f"/api/core/domains/{domain['id']}/verify/")

    assert response.status_code == 409
    assert response.json()["code"] == "domain_not_proven"
