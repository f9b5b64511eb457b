"""What the API keeps from people, the admin keeps from them too."""

import pytest
from django.test import Client

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import start_session_of
from apps.users.models import User


def browser(user: User, school: Tenant) -> Client:
    client = Client(headers={"host": f"{school.slug}.localhost"})
    with tenant_context(school):
        client.force_login(user)
    return client


@pytest.mark.parametrize("page", ["session", "invitation"])
def test_where_people_log_in_and_who_is_invited_is_the_admins_business(
    school: Tenant, instructor: User, principal: User, admin: User, page: str
) -> None:
    session = start_session_of(admin)

    statuses = [
        browser(user, school).get(f"/admin/users/{page}/").status_code for user in (instructor, principal, admin)
    ]
    detail = browser(instructor, school).get(f"/admin/users/session/{session.id}/change/")

    assert statuses == [403, 403, 200]
    assert detail.status_code == 403
