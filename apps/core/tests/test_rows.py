"""Hot lists: rows straight from the cursor, paged and counted by one statement."""

from typing import Any

import orjson
import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from apps.core import rows
from apps.core.http.pagination import PageNumberPagination
from apps.core.http.renderers import ORJSONRenderer
from apps.core.http.views import ListMixin
from apps.core.models import SettingOverride, Tenant
from apps.core.policies import Policy, authenticated
from apps.core.rows import QueryRows
from apps.core.tenancy.context import tenant_context
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


def test_rows_without_named_columns_have_all_of_them(in_school: Tenant, admin: User) -> None:
    override = SettingOverride.objects.create(key="a", value=1)
    everything: Any = SettingOverride.objects.order_by("key").values()

    count, (row,) = QueryRows(lambda: everything).fetch(offset=0, limit=5)

    assert count == 1
    assert row.keys() == {field.attname for field in SettingOverride._meta.concrete_fields}
    assert (row["id"], row["key"], row["tenant_id"]) == (override.id, "a", in_school.id)


def test_a_plain_list_of_dicts_is_paged_like_any_other(people: list[str], admin: User) -> None:
    request = Request(APIRequestFactory().get("/people/?page=4&page_size=9"))

    page = PageNumberPagination().paginate_queryset(User.objects.order_by("email", "id").values("email"), request)

    assert page == [{"email": address} for address in people[27:]]


def numbered(number: int) -> QueryRows:
    """Return the rows of a list that is asked for in ever other ways."""
    wanted: Any = SettingOverride.objects.filter(key__gte=f"{number:05}").order_by("key").values("key")
    return QueryRows(lambda: wanted, remember_as=("a test", number))


def test_lists_are_right_also_when_more_are_asked_for_than_are_remembered(
    in_school: Tenant, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_MOST_REMEMBERED", 3)
    for number in (0, 7):
        SettingOverride.objects.create(key=f"{number:05}", value=number)

    answers = [[numbered(number).fetch(offset=0, limit=5)[0] for number in range(10)] for _ in range(2)]

    assert answers == [[2] + [1] * 7 + [0] * 2] * 2


def test_remembered_lists_answer_each_school_with_its_own_rows(
    in_school: Tenant, other_school: Tenant, admin: User
) -> None:
    def keys() -> list[str]:
        build: Any = SettingOverride.objects.order_by("key").values("key")
        _, rows = QueryRows(lambda: build, remember_as="the same question").fetch(offset=0, limit=5)
        return [row["key"] for row in rows]

    SettingOverride.objects.create(key="maple", value=1)
    of_school = keys()
    with tenant_context(other_school):
        SettingOverride.objects.create(key="birch", value=1)
        of_other_school = keys()

    assert (of_school, of_other_school, keys()) == (["maple"], ["birch"], ["maple"])


def test_remembered_lists_have_pages(in_school: Tenant, admin: User) -> None:
    for key in "abcd":
        SettingOverride.objects.create(key=key, value=1)
    build: Any = SettingOverride.objects.order_by("key").values("key")
    listed = QueryRows(lambda: build, remember_as="a list with pages")

    pages = [listed.fetch(offset=offset, limit=limit) for offset, limit in [(0, 2), (2, 2), (0, 3), (0, 2)]]

    assert ["".join(row["key"] for row in page) for _, page in pages] == ["ab", "cd", "abc", "ab"]
    assert {count for count, _ in pages} == {4}


class SharedPolicy(PeoplePolicy):
    """Everybody sees the same rows, so the statements are remembered for all of them."""

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        del actor
        return "all"


class PeopleBelowViewSet(PeopleViewSet):
    """A list below another resource: the URL says whose."""

    policy = SharedPolicy

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(email__startswith=self.kwargs["prefix"])


def test_remembered_lists_below_another_resource_are_those_of_the_url(people: list[str], admin: User) -> None:
    def emails(prefix: str) -> list[str]:
        request = APIRequestFactory().get("/people/")
        force_authenticate(request, admin)
        response = PeopleBelowViewSet.as_view({"get": "list"})(request, prefix=prefix)
        return [row["email"] for row in response.data["results"]]

    for prefix in ("p0", "p2", "p0"):
        assert emails(prefix) == [address for address in people if address.startswith(prefix)]
