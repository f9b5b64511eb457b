"""Inviting: who may, whom, as what, and for how long."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from apps.core.choices import DeliveryState
from apps.core.events.outbox import retry_due_deliveries
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD
from apps.users.models import Invitation, User
from apps.users.services.invitations import invite
from apps.users.tasks import purge
from apps.users.tests.registering import (
    GUEST,
    INVITATIONS,
    REGISTER,
    Capture,
    accept,
    invite_guest,
    set_mode,
    token_in_mail,
)
from tests.fixtures import ClientOf


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


def test_an_inviter_who_is_gone_is_the_school(
    in_school: Tenant, admin: User, platform_staff: User, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(email=GUEST, roles=["learner"], by=platform_staff)

    assert "Maple School invites you" in str(mail.outbox[0].body)
