"""Inviting and registering: who gets in, as what, and what an outsider can find out."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from apps.core.choices import DeliveryState, TenantStatus
from apps.core.errors import TenantRequired
from apps.core.events.outbox import retry_due_deliveries
from apps.core.models import Delivery, SettingOverride, Tenant, TenantDomain
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD, UserFactory
from apps.users.models import Invitation, User
from apps.users.services import registration
from apps.users.services.invitations import invite
from apps.users.services.mails import mail_known_address
from apps.users.tasks import purge
from tests.fixtures import ClientOf

REGISTER = "/api/auth/register/"
INVITATIONS = "/api/users/invitations/"
GUEST = "guest@guest.test"
AT_MAPLE = {"X-Tenant-Slug": "maple"}

Capture = DjangoCaptureOnCommitCallbacks


def set_mode(tenant: Tenant, mode: str, *domains: str) -> None:
    with tenant_context(tenant):
        SettingOverride.objects.create(key="users.registration_mode", value=mode)
        SettingOverride.objects.create(key="users.registration_domains", value=list(domains))


def post(body: Any, **headers: str) -> Any:
    return APIClient(headers=AT_MAPLE | headers).post(REGISTER, body)


def ask(capture: Capture, email: str = GUEST) -> Any:
    with capture(execute=True):
        return post({"email": email, "first_name": "X", "roles": ["admin"]})


def token_in_mail() -> str:
    found = re.search(r"invitation=([\w-]+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def accept(token: str, **more: Any) -> Any:
    return post({"invitation": token, "password": PASSWORD, "first_name": "Gue", "last_name": "St"} | more)


def invite_guest(client: APIClient, capture: Capture, **more: Any) -> Any:
    with capture(execute=True):
        return client.post(INVITATIONS, {"email": GUEST, "roles": ["instructor"]} | more)


def users(tenant: Tenant) -> set[str]:
    with tenant_context(tenant):
        return set(User.objects.values_list("email", flat=True))


class TestInvitation:
    def test_an_invited_person_registers_with_the_invitations_roles(
        self, admin: User, school: Tenant, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        client = as_user(admin)
        invited = invite_guest(client, django_capture_on_commit_callbacks)
        token = token_in_mail()

        registered = accept(token, roles=["admin"], role="admin", email="else@guest.test")
        again = accept(token)

        assert invited.status_code == 201
        assert token not in str(invited.json())
        assert mail.outbox[-1].to == [GUEST]
        assert "Pat Person" in str(mail.outbox[-1].body)
        assert registered.status_code == 201
        assert (registered.json()["email"], registered.json()["roles"]) == (GUEST, ["instructor"])
        assert again.json()["code"] == "invitation_invalid"
        login = APIClient().post("/api/auth/login/", {"email": GUEST, "password": PASSWORD})
        assert login.status_code == 200
        assert client.get(INVITATIONS).json()["results"][0]["accepted_at"] is not None

    def test_only_a_hash_of_the_token_is_stored_and_no_event_carries_it(
        self, admin: User, in_school: Tenant, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        invite_guest(as_user(admin), django_capture_on_commit_callbacks)

        token = token_in_mail()
        assert Invitation.objects.get().token_hash != token
        assert token not in str(list(Delivery.objects.values()))
        assert token not in str(list(Invitation.objects.values()))

    def test_inviting_again_replaces_the_open_invitation(
        self, admin: User, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        client = as_user(admin)
        invite_guest(client, django_capture_on_commit_callbacks)
        first = token_in_mail()
        invite_guest(client, django_capture_on_commit_callbacks, email=GUEST.upper(), roles=["learner"])

        assert client.get(INVITATIONS).json()["count"] == 1
        assert accept(first).json()["code"] == "invitation_invalid"
        assert accept(token_in_mail()).json()["roles"] == ["learner"]

    def test_a_refused_mail_is_sent_later(
        self, admin: User, school: Tenant, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        with patch("apps.users.services.mails.send_mail", side_effect=ConnectionRefusedError):
            invited = invite_guest(as_user(admin), django_capture_on_commit_callbacks)

        assert (invited.status_code, mail.outbox) == (201, [])
        assert retry_due_deliveries(now=timezone.now() + timedelta(hours=1)) == 1
        assert accept(token_in_mail()).status_code == 201
        with tenant_context(school):
            assert Delivery.objects.get(handler="users.send_invitation").state == DeliveryState.DONE

    def test_a_withdrawn_invitation_is_worthless_and_not_mailed(
        self, admin: User, in_school: Tenant, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        client = as_user(admin)
        with django_capture_on_commit_callbacks() as callbacks:
            invited = client.post(INVITATIONS, {"email": GUEST})
        withdrawn = client.delete(f"{INVITATIONS}{invited.json()['id']}/")
        for callback in callbacks:
            callback()

        assert withdrawn.status_code == 204
        assert mail.outbox == []

    def test_a_used_one_cannot_be_withdrawn(
        self, admin: User, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        client = as_user(admin)
        invited = invite_guest(client, django_capture_on_commit_callbacks)
        accept(token_in_mail())

        assert client.delete(f"{INVITATIONS}{invited.json()['id']}/").json()["code"] == "invitation_used"
        assert client.get(f"{INVITATIONS}{invited.json()['id']}/").status_code == 200

    def test_it_expires(
        self, admin: User, school: Tenant, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        invite_guest(as_user(admin), django_capture_on_commit_callbacks)

        with time_machine.travel(timezone.now() + timedelta(days=8)):
            late = accept(token_in_mail())
        with time_machine.travel(timezone.now() + timedelta(days=120)):
            purged = purge()

        assert late.json()["code"] == "invitation_invalid"
        assert purged >= 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"email": "ADMIN@maple.test"}, "email_taken"), ({"roles": []}, "role_required"), ({"email": "x"}, "invalid")],
    )
    def test_what_cannot_be_invited(self, admin: User, as_user: ClientOf, change: Any, code: str) -> None:
        client = as_user(admin)

        assert client.post(INVITATIONS, {"email": GUEST, "roles": ["learner"]} | change).json()["code"] == code
        assert client.get(INVITATIONS).json()["count"] == 0

    def test_a_closed_school_invites_nobody(self, admin: User, school: Tenant, as_user: ClientOf) -> None:
        set_mode(school, "closed")

        assert as_user(admin).post(INVITATIONS, {"email": GUEST}).json()["code"] == "registration_closed"

    @pytest.mark.parametrize("role", ["principal", "instructor", "learner"])
    def test_others_neither_see_nor_make_any(
        self, request: pytest.FixtureRequest, as_user: ClientOf, role: str
    ) -> None:
        client = as_user(request.getfixturevalue(role))

        assert client.get(INVITATIONS).status_code == 403
        assert client.post(INVITATIONS, {"email": GUEST}).status_code == 403

    def test_a_stranger_reaches_none(
        self, admin: User, stranger: User, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        invited = invite_guest(as_user(admin), django_capture_on_commit_callbacks).json()
        client = as_user(stranger)

        assert client.get(f"{INVITATIONS}{invited['id']}/").status_code == 404
        assert client.delete(f"{INVITATIONS}{invited['id']}/").status_code == 404
        token = token_in_mail()
        elsewhere = APIClient(headers={"X-Tenant-Slug": "birch"}).post(
            REGISTER, {"invitation": token, "password": PASSWORD}
        )
        assert elsewhere.json()["code"] == "invitation_invalid"
        assert accept(token).status_code == 201


class TestRegistration:
    def test_in_an_open_school_the_address_is_proven_first(
        self, school: Tenant, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")

        asked = ask(django_capture_on_commit_callbacks)
        registered = accept(token_in_mail(), roles=["admin"])

        assert asked.status_code == 202
        assert registered.json()["roles"] == ["learner"]
        assert users(school) == {GUEST}

    def test_a_known_address_answers_the_same_and_its_owner_hears_of_it(
        self, school: Tenant, learner: User, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")

        known, unknown = (ask(django_capture_on_commit_callbacks, email) for email in (learner.email, GUEST))

        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        assert [message.to for message in mail.outbox] == [[learner.email], [GUEST]]
        assert "invitation=" not in str(mail.outbox[0].body)

    @pytest.mark.parametrize(
        ("email", "status"),
        [("a@guest.test", 202), ("a@GUEST.test", 202), ("a@sub.guest.test", 403), ("a@notguest.test", 403)],
    )
    def test_a_domain_lets_in_its_own(self, school: Tenant, email: str, status: int) -> None:
        set_mode(school, "domain", "guest.test")

        assert post({"email": email}).status_code == status

    @pytest.mark.parametrize("mode", ["closed", "invitation"])
    def test_other_modes_mail_nobody(
        self, school: Tenant, django_capture_on_commit_callbacks: Capture, mode: str
    ) -> None:
        set_mode(school, mode)

        asked = ask(django_capture_on_commit_callbacks)

        assert (asked.status_code, asked.json()["code"]) == (403, "registration_closed")
        assert mail.outbox == []

    def test_a_school_that_closes_meanwhile_lets_nobody_in(
        self, school: Tenant, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")
        ask(django_capture_on_commit_callbacks)
        with patch.object(registration, "get_setting", return_value="closed"):
            late = accept(token_in_mail())

        assert late.json()["code"] == "registration_closed"
        assert users(school) == set()

    def test_asking_does_not_replace_what_staff_sent(
        self, school: Tenant, admin: User, as_user: ClientOf, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")
        invite_guest(as_user(admin), django_capture_on_commit_callbacks)
        token = token_in_mail()

        assert ask(django_capture_on_commit_callbacks).status_code == 202
        assert accept(token).json()["roles"] == ["instructor"]

    def test_an_account_made_meanwhile_is_not_made_twice(
        self, school: Tenant, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")
        ask(django_capture_on_commit_callbacks)
        with tenant_context(school):
            UserFactory.create(email=GUEST)

        assert accept(token_in_mail()).json()["code"] == "email_taken"

    def test_mails_to_one_address_are_limited(self, school: Tenant) -> None:
        set_mode(school, "open")

        statuses = [post({"email": GUEST}).status_code for _ in range(4)]

        assert statuses == [202, 202, 202, 429]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "email"),
            ({"email": "x"}, "email"),
            ({"invitation": "x"}, "password"),
            ({"invitation": "x", "password": "y"}, "invitation"),
            ({"invitation": ["x"], "password": "y"}, "invitation"),
        ],
    )
    def test_what_is_not_valid(self, school: Tenant, body: Any, field: str) -> None:
        set_mode(school, "open")

        response = post(body)

        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]

    def test_a_weak_password_leaves_the_invitation_open(
        self, school: Tenant, django_capture_on_commit_callbacks: Capture
    ) -> None:
        set_mode(school, "open")
        ask(django_capture_on_commit_callbacks)

        assert accept(token_in_mail(), password="12345678").json()["code"] == "weak_password"
        assert accept(token_in_mail()).status_code == 201

    def test_the_school_must_be_named(self, db: None) -> None:
        assert APIClient().post(REGISTER, {"email": GUEST}).json()["code"] == "tenant_required"
        with pytest.raises(TenantRequired):
            registration.register(token="x", password="y", first_name="", last_name="", ip_address=None)

    @pytest.mark.parametrize(
        ("status", "code"), [(TenantStatus.SUSPENDED, "tenant_suspended"), (TenantStatus.READ_ONLY, "tenant_read_only")]
    )
    def test_a_closed_or_read_only_school_takes_nobody(self, school: Tenant, status: str, code: str) -> None:
        set_mode(school, "open")
        with tenant_context(school):
            Tenant.objects.update(status=status)

        assert post({"email": GUEST}).json()["code"] == code


def test_the_mail_names_the_schools_own_domain(in_school: Tenant, admin: User, learner: User) -> None:
    TenantDomain.objects.create(
        domain="learn.maple.test", verification_token="x", verified_at=timezone.now(), is_primary=True
    )

    mail_known_address(user_id=learner.id)
    mail_known_address(user_id=in_school.id)

    assert [message.to for message in mail.outbox] == [[learner.email]]
    assert "learn.maple.test" in str(mail.outbox[0].body)


def test_an_inviter_who_is_gone_is_the_school(
    in_school: Tenant, admin: User, platform_staff: User, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(email=GUEST, roles=["learner"], by=platform_staff)

    assert "Maple School invites you" in str(mail.outbox[0].body)
