"""Hot lists: rows straight from the cursor, paged and counted by one statement."""

from typing import Any

import orjson
import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from apps.core.http.renderers import ORJSONRenderer
from apps.core.http.views import ListMixin
from apps.core.models import SettingOverride, Tenant
from apps.core.policies import Policy, authenticated
from apps.core.rows import QueryRows
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import GroupMembership, User


class PeoplePolicy(Policy):
    rules = {"list": authenticated}


class PeopleSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class PeopleViewSet(ListMixin):
    """A view of a test."""

    policy = PeoplePolicy
    queryset = User.objects.order_by("email", "id")
    serializer_class = PeopleSerializer
    authentication_classes = ()
    rows = "as_rows"


class NobodyViewSet(PeopleViewSet):
    queryset = User.objects.none()


def get(user: User, query: str = "", view: type[PeopleViewSet] = PeopleViewSet) -> Response:
    request = APIRequestFactory().get(f"/people/{query}")
    force_authenticate(request, user)
    response: Response = view.as_view({"get": "list"})(request)
    return response


@pytest.fixture
def people(in_school: Tenant, admin: User) -> list[str]:
    """Return the addresses of thirty people and of the admin, in the order of the list."""
    made = [UserFactory.create(email=f"p{number:02}@maple.test").email for number in range(30)]
    return sorted([admin.email, *made])


@pytest.mark.parametrize(
    ("query", "wanted", "neighbours"),
    [
        ("", slice(0, 20), (True, False)),
        ("?page=2", slice(20, 31), (False, True)),
        ("?page=2&page_size=10", slice(10, 20), (True, True)),
        ("?page_size=200", slice(0, 31), (False, False)),
    ],
)
def test_rows_come_page_by_page(
    people: list[str], admin: User, query: str, wanted: slice, neighbours: tuple[bool, bool]
) -> None:
    response = get(admin, query)

    assert [row["email"] for row in response.data["results"]] == people[wanted]
    assert response.data["count"] == 31
    assert (bool(response.data["next"]), bool(response.data["previous"])) == neighbours


@pytest.mark.parametrize("page", ["0", "-1", "x", "3", "99999999999", "²"])
def test_a_page_that_is_not_there_answers_404(people: list[str], admin: User, page: str) -> None:
    assert get(admin, f"?page={page}").status_code == 404


def test_the_statements_do_not_grow_with_the_rows(people: list[str], admin: User) -> None:
    with CaptureQueriesContext(connection) as few:
        get(admin, "?page_size=3")
    with CaptureQueriesContext(connection) as many:
        get(admin, "?page_size=30")

    assert len(few) == len(many) <= 2


def test_json_is_sent_on_as_it_is_stored(in_school: Tenant, admin: User) -> None:
    SettingOverride.objects.create(key="a", value={"deep": [1, None]})
    SettingOverride.objects.create(key="b", value=None)

    stored: Any = SettingOverride.objects.order_by("key").values("key", "value")
    count, rows = QueryRows(lambda: stored).fetch(offset=0, limit=5)

    rendered = orjson.loads(ORJSONRenderer().render(rows))
    assert (count, rendered) == (2, [{"key": "a", "value": {"deep": [1, None]}}, {"key": "b", "value": None}])


def test_grouped_rows_are_counted_as_groups(in_school: Tenant, admin: User) -> None:
    for key in ("a", "b"):
        SettingOverride.objects.create(key=key, value=1)
    grouped: Any = SettingOverride.objects.values("is_locked").annotate(number=Count("id")).order_by("is_locked")

    assert QueryRows(lambda: grouped).fetch(offset=0, limit=5) == (1, [{"is_locked": False, "number": 2}])


def test_an_empty_list_is_a_page(in_school: Tenant, admin: User) -> None:
    assert get(admin, view=NobodyViewSet).data == {"count": 0, "next": None, "previous": None, "results": []}


def test_joins_stay_within_the_tenant(in_school: Tenant, admin: User) -> None:
    GroupMembership.objects.create(group=GroupFactory.create(name="Cohort"), user=admin)

    found = GroupMembership.objects.filter(group__name="Cohort", user__email=admin.email)

    assert found.count() == 1
    assert str(found.query).count('"tenant_id" = ') >= 2
