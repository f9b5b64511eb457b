"""The list of accounts: filters, order, and statements that do not grow with the rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import GroupMembership, User
from tests.fixtures import ClientOf

USERS = "/api/users/"


def emails(client: Any, query: str) -> list[str]:
    response = client.get(f"{USERS}?{query}")
    assert response.status_code == 200, response.json()
    return [row["email"] for row in response.json()["results"]]


def test_filters_and_order(admin: User, learner: User, instructor: User, as_user: ClientOf) -> None:
    client = as_user(admin)
    with tenant_context(admin.tenant_id or admin.id):
        group = GroupFactory.create()
        GroupMembership.objects.create(group=group, user=learner)
        User.objects.filter(id=instructor.id).update(first_name="Zoë", last_name="Adams", status="suspended")

    assert emails(client, "role=learner") == [learner.email]
    assert emails(client, "status=suspended") == [instructor.email]
    assert emails(client, f"group={group.id}") == [learner.email]
    assert emails(client, "q=zo%C3%AB adams") == [instructor.email]
    assert emails(client, "q=LEARNER@") == [learner.email]
    assert emails(client, "ordering=-email") == [learner.email, instructor.email, admin.email]
    assert emails(client, "page_size=1&page=1") == [instructor.email]


@pytest.mark.parametrize("query", ["role=root", "status=x", "group=x", "ordering=password", "q=%00"])
def test_what_is_no_filter_is_refused(admin: User, as_user: ClientOf, query: str) -> None:
    assert as_user(admin).get(f"{USERS}?{query}").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_as_many_statements_for_3_rows_as_for_30(admin: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(admin)
    counts = []
    for size in (2, 27):
        with tenant_context(school):
            UserFactory.create_batch(size)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{USERS}?page_size=50")
        counts.append(len(queries))

    assert counts == [3, 3]
