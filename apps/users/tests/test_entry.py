"""The entry of a request: one statement that proves session, account and tenant."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import Scope
from apps.users.entry import TenantHint, enter, is_alive
from apps.users.factories import start_session_of
from apps.users.models import Session, User
from apps.users.scopes import account_scope
from apps.users.tokens import Claims


def claims_of(user: User) -> Claims:
    session = start_session_of(user)
    return Claims(user_id=user.id, tenant_id=user.tenant_id, session_id=session.id, token_id=session.id)


def test_one_statement_sets_the_tenant_and_loads_the_account(learner: User) -> None:
    claims = claims_of(learner)

    with CaptureQueriesContext(connection) as queries:
        entry = enter(claims, TenantHint())

    assert len(queries) == 1
    assert entry.user == learner
    assert entry.scope == Scope(tenant_id=learner.tenant_id)
    assert is_alive(entry)


@pytest.mark.parametrize(("slug", "agrees"), [("maple", True), ("birch", False)])
def test_a_hint_of_another_school_does_not_agree(learner: User, other_school: Tenant, slug: str, agrees: bool) -> None:
    entry = enter(claims_of(learner), TenantHint(slug=slug))

    assert entry.hint_agrees is agrees


def test_platform_staff_enter_the_tenant_of_the_hint(platform_staff: User, school: Tenant) -> None:
    entry = enter(claims_of(platform_staff), TenantHint(slug="maple"))

    assert entry.user == platform_staff
    assert entry.scope == Scope(tenant_id=school.id)


@pytest.mark.parametrize("person", ["learner", "platform_staff"])
@pytest.mark.parametrize("fact", ["expires_at", "revoked_at"])
def test_a_session_that_has_ended_lets_nobody_in(person: str, fact: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(person)
    claims = claims_of(user)
    with account_scope(user.tenant_id):
        Session.objects.filter(id=claims.session_id).update(**{fact: timezone.now() - timedelta(seconds=1)})

    entry = enter(claims, TenantHint())

    assert entry.user is None
    assert not is_alive(entry)
