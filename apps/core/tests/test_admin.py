"""The Django admin: scoped to the school of the host, by our permissions, through services."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from apps.core.admin import TenantModelAdmin, TenantTabularInline
from apps.core.admin import tenants as module
from apps.core.admin.base import text_of
from apps.core.choices import DeliveryState
from apps.core.errors import Conflict
from apps.core.models import Delivery, SettingOverride, Tenant, TenantDomain
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.models import User

PLATFORM = "localhost"
MAPLE = "maple.localhost"


def browser(user: User, host: str) -> Client:
    """Return a browser in which `user` has logged in to the admin of this host."""
    client = Client(headers={"host": host})
    scope = tenant_context(user.tenant_id) if user.tenant_id else platform_context(reason="test")
    with scope:
        client.force_login(user)
    return client


def tenants() -> list[tuple[str, str]]:
    with platform_context(reason="test"):
        return list(Tenant.objects.order_by("slug").values_list("slug", "status"))


@pytest.fixture
def parked(school: Tenant, other_school: Tenant) -> list[Delivery]:
    found = []
    for tenant in (school, other_school):
        with tenant_context(tenant):
            found.append(
                Delivery.objects.create(
                    event="test.event.v1",
                    handler=f"test.handler_of_{tenant.slug}",
                    payload={},
                    state=DeliveryState.PARKED,
                    occurred_at=timezone.now(),
                    next_attempt_at=timezone.now(),
                )
            )
    return found


@pytest.fixture
def chosen(school: Tenant, other_school: Tenant) -> SettingOverride:
    with tenant_context(other_school):
        SettingOverride.objects.create(key="support.email", value="help@birch.test")
    with tenant_context(school):
        return SettingOverride.objects.create(key="support.email", value="help@maple.test")


def states() -> list[str]:
    with platform_context(reason="test"):
        return list(Delivery.objects.order_by("handler").values_list("state", flat=True))


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(client: Client, address: str, action: str, *ids: Any) -> Any:
    return client.post(address, {"action": action, "_selected_action": [str(row) for row in ids]})


def test_each_school_sees_its_own_rows(admin: User, parked: list[Delivery]) -> None:
    page = browser(admin, MAPLE).get("/admin/core/delivery/").content.decode()

    assert "test.handler_of_maple" in page
    assert "test.handler_of_birch" not in page


def test_platform_staff_see_all_schools_and_whose_each_row_is(platform_staff: User, parked: list[Delivery]) -> None:
    page = browser(platform_staff, PLATFORM).get("/admin/core/delivery/").content.decode()

    assert all(text in page for text in ("test.handler_of_maple", "test.handler_of_birch", "Maple School"))


def test_an_account_works_on_its_own_host_only(stranger: User, admin: User, parked: list[Delivery]) -> None:
    for user, host in ((stranger, MAPLE), (admin, PLATFORM)):
        assert browser(user, host).get("/admin/core/delivery/").status_code == 302


def test_who_has_no_permission_sees_no_model(learner: User, instructor: User, principal: User, school: Tenant) -> None:
    assert browser(learner, MAPLE).get("/admin/").status_code == 302
    assert browser(instructor, MAPLE).get("/admin/core/delivery/").status_code == 403
    assert browser(principal, MAPLE).get("/admin/core/delivery/").status_code == 200
    assert browser(principal, MAPLE).get("/admin/core/tenant/").status_code == 403


@pytest.mark.parametrize("host", [MAPLE, PLATFORM])
def test_parked_deliveries_are_replayed(admin: User, platform_staff: User, parked: list[Delivery], host: str) -> None:
    client = browser(admin if host == MAPLE else platform_staff, host)

    response = act(client, "/admin/core/delivery/", "replay", *[delivery.id for delivery in parked])

    assert messages_of(response) == [f"{1 if host == MAPLE else 2} parked deliveries are being delivered again."]
    assert states() == ([DeliveryState.PARKED] if host == MAPLE else [DeliveryState.PENDING]) + [DeliveryState.PENDING]


def test_who_only_reads_does_not_replay(principal: User, parked: list[Delivery]) -> None:
    act(browser(principal, MAPLE), "/admin/core/delivery/", "replay", parked[0].id)

    assert states() == [DeliveryState.PARKED] * 2


def test_a_row_without_hooks_can_only_be_looked_at(admin: User, parked: list[Delivery]) -> None:
    client = browser(admin, MAPLE)
    address = f"/admin/core/delivery/{parked[0].id}/"

    assert client.get(f"{address}change/").status_code == 200
    assert client.post(f"{address}change/", {"event": "changed"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/core/delivery/add/").status_code == 403


def test_platform_staff_set_up_and_change_schools(platform_staff: User, school: Tenant) -> None:
    client = browser(platform_staff, PLATFORM)

    added = client.post("/admin/core/tenant/add/", {"name": "Cedar", "slug": "cedar", "theme": "{}"})
    changed = client.post(
        f"/admin/core/tenant/{school.id}/change/", {"name": "Maple", "slug": "maple-tree", "theme": "{}"}
    )

    assert (added.status_code, changed.status_code) == (302, 302)
    assert tenants() == [("cedar", "active"), ("maple-tree", "active")]


@pytest.mark.parametrize("field", ["name", None])
def test_what_a_service_refuses_is_an_error_of_the_form(
    platform_staff: User, school: Tenant, monkeypatch: pytest.MonkeyPatch, field: str | None
) -> None:
    def refuse(**_: Any) -> None:
        detail = "Not on Sundays."
        raise Conflict(detail, field=field)

    client = browser(platform_staff, PLATFORM)
    monkeypatch.setattr(module, "create_tenant", refuse)

    page = client.post("/admin/core/tenant/add/", {"name": "Cedar", "slug": "cedar", "theme": "{}"})

    assert page.status_code == 200
    assert "Not on Sundays." in page.content.decode()
    assert 'value="cedar"' in page.content.decode()
    assert tenants() == [("maple", "active")]


@pytest.mark.parametrize(
    ("action", "status"),
    [("suspend", "suspended"), ("make_read_only", "read_only"), ("archive", "archived"), ("activate", "active")],
)
def test_the_status_changes_through_the_service(platform_staff: User, school: Tenant, action: str, status: str) -> None:
    with platform_context(reason="test"):
        Tenant.objects.update(status="read_only" if action == "activate" else "active")

    act(browser(platform_staff, PLATFORM), "/admin/core/tenant/", action, school.id)

    assert tenants() == [("maple", status)]


def test_an_action_that_is_refused_changes_nothing_and_says_why(
    platform_staff: User, school: Tenant, other_school: Tenant
) -> None:
    with platform_context(reason="test"):
        Tenant.objects.filter(slug="maple").update(status="archived")

    response = act(browser(platform_staff, PLATFORM), "/admin/core/tenant/", "suspend", other_school.id, school.id)

    assert response.status_code == 302
    assert messages_of(response) == ["A school that is archived cannot become suspended."]
    assert tenants() == [("birch", "active"), ("maple", "archived")]


def test_domains_are_managed_on_the_schools_host(platform_staff: User, school: Tenant) -> None:
    client = browser(platform_staff, MAPLE)
    address = "/admin/core/tenantdomain/"

    added = client.post(f"{address}add/", {"domain": "learn.example"})
    with tenant_context(school):
        domain = TenantDomain.objects.get()
    act(client, address, "verify", domain.id)
    act(client, address, "make_primary", domain.id)

    with tenant_context(school):
        domain.refresh_from_db()
    assert (added.status_code, domain.is_primary) == (302, True)
    assert browser(platform_staff, PLATFORM).get(f"{address}add/").status_code == 403
    client.post(f"{address}{domain.id}/delete/", {"post": "yes"})
    with tenant_context(school):
        assert not TenantDomain.objects.exists()


def test_settings_of_the_school_are_chosen_on_its_host(admin: User, chosen: SettingOverride) -> None:
    client = browser(admin, MAPLE)
    address = "/admin/core/settingoverride/"

    client.post(f"{address}{chosen.id}/change/", {"value": '"new@maple.test"'})
    client.post(f"{address}add/", {"key": "features.ai_content_generation", "value": "true"})
    refused = client.post(f"{address}add/", {"key": "features.flying", "value": "true"})

    assert "There is no setting features.flying" in refused.content.decode()
    with tenant_context(chosen.tenant_id):  # type: ignore[arg-type]  # it has one
        assert dict(SettingOverride.objects.values_list("key", "value")) == {
            "features.ai_content_generation": True,
            "support.email": "new@maple.test",
        }
    act(client, address, "delete_selected", chosen.id)
    client.post(address, {"action": "delete_selected", "_selected_action": [str(chosen.id)], "post": "yes"})
    with tenant_context(chosen.tenant_id):  # type: ignore[arg-type]
        assert SettingOverride.objects.filter(key="support.email").count() == 0


def test_the_platforms_values_are_chosen_and_locked_on_its_host(platform_staff: User, chosen: SettingOverride) -> None:
    client = browser(platform_staff, PLATFORM)
    address = "/admin/core/settingoverride/"

    client.post(f"{address}add/", {"key": "support.email", "value": '"all@platform.test"', "is_locked": "on"})
    foreign = client.post(f"{address}{chosen.id}/change/", {"value": '"taken@over.test"'})

    assert foreign.status_code == 403
    with platform_context(reason="test"):
        own = SettingOverride.objects.get(tenant=None)
        assert (own.value, own.is_locked) == ("all@platform.test", True)
    client.post(f"{address}{own.id}/change/", {"value": '"all@platform.test"'})
    with platform_context(reason="test"):
        assert SettingOverride.objects.get(tenant=None).is_locked is False
    client.post(f"{address}{own.id}/delete/", {"post": "yes"})
    with platform_context(reason="test"):
        assert not SettingOverride.objects.filter(tenant=None).exists()


def test_a_read_only_school_is_looked_at_only(admin: User, chosen: SettingOverride) -> None:
    with platform_context(reason="test"):
        Tenant.objects.update(status="read_only")

    response = browser(admin, MAPLE).post(
        f"/admin/core/settingoverride/{chosen.id}/change/", {"value": '"new@maple.test"'}
    )

    assert response.status_code == 403


@pytest.mark.parametrize("model", ["tenant", "tenantdomain", "settingoverride", "delivery", "idempotencyrecord"])
@pytest.mark.parametrize("host", [MAPLE, PLATFORM])
def test_every_list_opens(platform_staff: User, school: Tenant, model: str, host: str) -> None:
    assert browser(platform_staff, host).get(f"/admin/core/{model}/").status_code == 200


class Section(TenantTabularInline):
    model = TenantDomain
    read_permission = "x:read"


def test_an_inline_is_there_to_read() -> None:
    section = Section(Tenant, site)
    request = HttpRequest()
    request.user = SimpleNamespace(permissions={"x:read"})  # type: ignore[assignment]  # all that is asked of it

    assert section.has_view_permission(request)
    assert not section.has_add_permission(request)
    assert not section.has_change_permission(request)
    assert not section.has_delete_permission(request)


def test_a_form_that_django_refuses_is_told_in_its_words() -> None:
    assert text_of(ValidationError(["One.", "Two."])) == "One. Two."


def test_hooks_are_there_to_be_filled() -> None:
    bare: Any = TenantModelAdmin(TenantDomain, site)

    for act in (
        lambda: bare.perform_create(None, None, None),
        lambda: bare.perform_update(None, None, None),
        lambda: bare.perform_delete(None, None),
    ):
        with pytest.raises(NotImplementedError):
            act()


def test_a_filter_that_no_column_can_hold_leads_back_to_the_list(admin: User, parked: list[Delivery]) -> None:
    response = browser(admin, MAPLE).get("/admin/core/delivery/?state__exact=%00")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/core/delivery/"
    assert messages_of(response) == ["A value is outside of what can be stored."]
