"""Registering: who gets in, as what, and what an outsider can find out."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from apps.core.choices import TenantStatus
from apps.core.errors import TenantRequired
from apps.core.models import Tenant, TenantDomain
from apps.core.tenancy.context import tenant_context
from apps.users.factories import UserFactory
from apps.users.models import User
from apps.users.services import registration
from apps.users.services.mails import mail_known_address
from apps.users.tests.registering import (
    GUEST,
    REGISTER,
    Capture,
    accept,
    ask,
    invite_guest,
    post,
    set_mode,
    token_in_mail,
    users,
)
from tests.fixtures import ClientOf


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
