"""Addresses: one spelling each, so that nobody gets a second account of a mailbox, or one that reads like another's."""

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD, UserFactory
from apps.users.models import User
from apps.users.services.accounts import comparable
from tests.fixtures import ClientOf

USERS = "/api/users/"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@School.Example ", "ada@school.example"),
        ("ada@school.example\u200b", "ada@school.example"),
        ("ada@\uff53chool.example", "ada@school.example"),
        ("ada@sch\u00adool.example", "ada@school.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@" + "ü" * 80, "ada@" + "ü" * 80),
        ("ada", "ada"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert comparable(typed) == stored


@pytest.mark.parametrize("email", ["learner@maple.test\u200b", "learner@\uff4daple.test"])
def test_no_second_account_of_one_mailbox(
    admin: User, learner: User, school: Tenant, as_user: ClientOf, email: str
) -> None:
    response = as_user(admin).post(USERS, {"email": email, "password": "securepassword123"})

    assert (response.status_code, response.json()["code"]) == (409, "email_taken")
    with tenant_context(school):
        assert User.objects.count() == 2


@pytest.mark.parametrize("email", ["adm\u0131n@maple.test", "admin@maple.test\u202e", "\u017ftaff@maple.test"])
def test_no_account_that_reads_like_another(admin: User, school: Tenant, as_user: ClientOf, email: str) -> None:
    response = as_user(admin).post(USERS, {"email": email, "password": "securepassword123"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "email"
    with tenant_context(school):
        assert User.objects.count() == 1


def test_people_log_in_with_the_spelling_that_they_know(school: Tenant, as_user: ClientOf) -> None:
    with tenant_context(school):
        UserFactory.create(email="ada@xn--bcher-kva.example", with_password=True)

    response = as_user(None).post("/api/auth/login/", {"email": "Ada@bücher.example", "password": PASSWORD})

    assert response.status_code == 200
