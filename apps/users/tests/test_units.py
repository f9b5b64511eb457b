"""Small parts on their own: networks, counters, addresses, settings, services at their edges."""

from types import SimpleNamespace

import pytest
from pytest_django import Settings

from apps.core.errors import InvalidInput
from apps.core.models import Tenant
from apps.core.settings_registry import definition_of
from apps.core.tenancy.context import tenant_context
from apps.users.factories import GroupFactory, refresh_token_of, start_session_of
from apps.users.models import Session, User
from apps.users.requests import client_address, device_of
from apps.users.services.accounts import change_account
from apps.users.services.groups import change_group
from apps.users.services.sessions import SessionHasEnded, refresh_session
from apps.users.services.throttle import Counter, TooManyAttempts, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_with_its_network(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_a_counter_starts_anew_after_a_reset_and_gives_back() -> None:
    counter = Counter("test", "somebody", limit=1, seconds=900)

    counter.take()
    with pytest.raises(TooManyAttempts) as refused:
        counter.take()
    counter.give_back()
    counter.give_back()
    counter.take()
    counter.reset()
    counter.reset()
    counter.take()

    assert 1 <= refused.value.extra["retry_after"] <= 900


def request_with(**meta: str) -> SimpleNamespace:
    return SimpleNamespace(META=meta)


@pytest.mark.parametrize(
    ("proxies", "meta", "address"),
    [
        (0, {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "203.0.113.7"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "forged, 198.51.100.1"}, "198.51.100.1"),
        (2, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"),
        (2, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, None),
        (1, {"REMOTE_ADDR": "10.0.0.1"}, None),
        (0, {"REMOTE_ADDR": "unix:"}, None),
        (0, {}, None),
    ],
)
def test_the_client_is_who_our_own_proxies_saw(
    settings: Settings, proxies: int, meta: dict[str, str], address: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies

    assert client_address(request_with(**meta)) == address


def test_a_browsers_name_is_cut_and_cleaned() -> None:
    device = device_of(request_with(HTTP_USER_AGENT="a\x00b" + "x" * 500, REMOTE_ADDR="::1"))

    assert (device.user_agent[:2], len(device.user_agent), device.ip_address) == ("ab", 200, "::1")


@pytest.mark.parametrize(
    ("domains", "is_valid"),
    [(["school.example"], True), ([], True), (["@school.example"], False), (["School.example"], False), (["x"], False)],
)
def test_registration_domains_are_mail_domains(domains: list[str], is_valid: bool) -> None:
    definition = definition_of("users.registration_domains")

    if is_valid:
        definition.validate(domains)
    else:
        with pytest.raises(InvalidInput):
            definition.validate(domains)


def test_services_change_only_what_they_are_for(in_school: Tenant, admin: User, learner: User) -> None:
    group = GroupFactory.create(name="Cohort")

    account = change_account(account=learner, changes={"roles": ["admin"], "first_name": "Paz"}, by=admin)
    changed = change_group(group=group, changes={"member_count": 7, "description": "Spring"}, by=admin)

    assert (account.first_name, account.roles) == ("Paz", ["learner"])
    assert (changed.description, changed.member_count) == ("Spring", 0)


def test_a_purged_session_has_ended(learner: User) -> None:
    session = start_session_of(learner)
    token = refresh_token_of(session)
    assert learner.tenant_id is not None
    with tenant_context(learner.tenant_id):
        Session.objects.all().delete()

    with pytest.raises(SessionHasEnded):
        refresh_session(refresh=token, tenant_id=None)
