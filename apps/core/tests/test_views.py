"""The base views: entity tags, idempotency, paging, policies."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from apps.core.errors import Conflict
from apps.core.http.versions import PreconditionFailed, etag_of, require_match
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, UpdateMixin, lookup_of
from apps.core.models import IdempotencyRecord, SettingOverride, Tenant
from apps.core.policies import Policy, actor_id_of, anyone, authenticated, has, nobody, on_object, platform_staff
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.parallel import in_parallel


@pytest.mark.parametrize(
    ("sent", "passes"), [(None, True), ("*", True), ('"3"', True), ('"1", W/"3"', True), ('"2"', False)]
)
def test_if_match_guards_against_overwriting(sent: str | None, passes: bool) -> None:
    request = Request(APIRequestFactory().patch("/", headers={"If-Match": sent} if sent else {}))

    if passes:
        require_match(request, SimpleNamespace(version=3))
    else:
        with pytest.raises(PreconditionFailed):
            require_match(request, SimpleNamespace(version=3))


def test_what_has_no_version_has_no_tag() -> None:
    assert etag_of(object()) is None


def test_only_uuids_and_slugs_name_objects() -> None:
    assert lookup_of("not-a-uuid") == {}
    assert lookup_of("a-slug", "slug") == {"slug": "a-slug"}
    assert lookup_of("a\x00slug", "slug") == {}


def test_predicates_join() -> None:
    class EverybodysPolicy(Policy):
        rules = {"read": anyone, "write": has("x:write") & on_object(lambda actor, obj: obj == actor.name)}

    writer = SimpleNamespace(is_authenticated=True, permissions={"x:write"}, name="w", is_platform_staff=False, id=None)
    guest = SimpleNamespace(is_authenticated=False, permissions=frozenset())

    assert EverybodysPolicy.can(guest, "read")
    assert EverybodysPolicy.can(writer, "write")
    assert EverybodysPolicy.can(writer, "write", "w")
    assert not EverybodysPolicy.can(writer, "write", "other")
    assert not EverybodysPolicy.can(writer, "erase")
    assert (nobody | authenticated)(writer)
    assert not (nobody | authenticated)(guest)
    assert not platform_staff(writer)
    assert actor_id_of(None) is None


class NoteSerializer(serializers.ModelSerializer[SettingOverride]):
    class Meta:
        model = SettingOverride
        fields = ("id", "key", "value")


class Counted(Conflict):
    keeps_changes = True


class NotePolicy(Policy):
    rules = {"list": anyone, "create": authenticated, "partial_update": authenticated, "destroy": authenticated}


class NoteViewSet(ListMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """A view of a test: rows of any model will do."""

    policy = NotePolicy
    queryset = SettingOverride.objects.order_by("key")
    serializer_class = NoteSerializer
    authentication_classes = ()

    def perform_create(self, serializer: Any) -> SettingOverride:
        key = serializer.validated_data["key"]
        note: SettingOverride = SettingOverride.objects.create(**serializer.validated_data)
        if key in {"fails", "counts"}:
            raise {"fails": Conflict, "counts": Counted}[key]
        return note

    def perform_update(self, serializer: Any) -> SettingOverride:
        saved: SettingOverride = serializer.save()
        return saved

    def perform_destroy(self, instance: Any) -> None:
        instance.delete()


collection = NoteViewSet.as_view({"get": "list", "post": "create"})
member = NoteViewSet.as_view({"patch": "partial_update", "delete": "destroy"})


def call(view: Any, method: str, user: User, data: Any = None, *, url: str = "/notes/", **kwargs: Any) -> Response:
    headers = kwargs.pop("headers", {})
    request = getattr(APIRequestFactory(), method)(url, data, format="json", headers=headers)
    force_authenticate(request, user)
    response: Response = view(request, **kwargs)
    response.render() if hasattr(response, "accepted_renderer") else None
    return response


def keys() -> list[str]:
    return list(SettingOverride.objects.order_by("key").values_list("key", flat=True))


def test_a_key_replays_the_answer(in_school: Tenant, admin: User) -> None:
    headers = {"Idempotency-Key": "once"}

    first = call(collection, "post", admin, {"key": "a", "value": 1}, headers=headers)
    again = call(collection, "post", admin, {"value": 1, "key": "a"}, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert keys() == ["a"]


def test_a_key_belongs_to_one_request_of_one_person(in_school: Tenant, admin: User, instructor: User) -> None:
    headers = {"Idempotency-Key": "once"}
    call(collection, "post", admin, {"key": "a", "value": 1}, headers=headers)

    other_body = call(collection, "post", admin, {"key": "b", "value": 1}, headers=headers)
    other_person = call(collection, "post", instructor, {"key": "c", "value": 1}, headers=headers)

    assert (other_body.status_code, other_body.data["code"]) == (422, "idempotency_key_reused")
    assert other_person.status_code == 201
    assert keys() == ["a", "c"]


def test_a_failed_request_frees_its_key(in_school: Tenant, admin: User) -> None:
    headers = {"Idempotency-Key": "once"}

    failed = call(collection, "post", admin, {"key": "fails", "value": 1}, headers=headers)
    repeated = call(collection, "post", admin, {"key": "works", "value": 1}, headers=headers)

    assert (failed.status_code, repeated.status_code) == (409, 201)
    assert keys() == ["works"]


def test_a_refusal_that_keeps_its_changes_frees_its_key_and_takes_nothing_back(in_school: Tenant, admin: User) -> None:
    headers = {"Idempotency-Key": "once"}

    refused = call(collection, "post", admin, {"key": "counts", "value": 1}, headers=headers)
    repeated = call(collection, "post", admin, {"key": "works", "value": 1}, headers=headers)

    assert (refused.status_code, repeated.status_code) == (409, 201)
    assert keys() == ["counts", "works"]


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_a_key_without_a_usable_form_is_refused(in_school: Tenant, admin: User, key: str) -> None:
    response = call(collection, "post", admin, {"key": "a", "value": 1}, headers={"Idempotency-Key": key})

    assert (response.status_code, response.data["code"]) == (400, "invalid_idempotency_key")
    assert keys() == []


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_with_one_key_have_one_effect(school: Tenant, admin: User) -> None:
    def post() -> int:
        with tenant_context(school):
            headers = {"Idempotency-Key": "once"}
            return call(collection, "post", admin, {"key": "a", "value": 1}, headers=headers).status_code

    outcomes = in_parallel([post] * 4)

    assert outcomes == [201] * 4
    with tenant_context(school):
        assert keys() == ["a"]
        assert IdempotencyRecord.objects.count() == 1


def test_objects_are_changed_and_deleted(in_school: Tenant, admin: User) -> None:
    note = SettingOverride.objects.create(key="a", value=1)

    changed = call(member, "patch", admin, {"value": 2}, id=str(note.id), headers={"If-Match": "*"})
    gone = call(member, "delete", admin, id=str(note.id))
    missing = call(member, "delete", admin, id=str(note.id))

    assert (changed.status_code, gone.status_code, missing.status_code) == (200, 204, 404)
    assert changed.data["value"] == 2


def test_a_base_view_without_its_services_says_so() -> None:
    view = NoteViewSet()

    for act in (CreateMixin.perform_create, UpdateMixin.perform_update, DestroyMixin.perform_destroy):
        with pytest.raises(NotImplementedError):
            act(view, None)  # type: ignore[arg-type]  # nothing looks at it


@pytest.mark.parametrize(
    ("query", "status", "count"),
    [("", 200, 20), ("?page_size=5", 200, 5), ("?page_size=100000", 200, 200), ("?page_size=0", 200, 20),
     ("?page_size=x", 200, 20), ("?page=999", 404, 0), ("?page=x", 404, 0), ("?page=0", 404, 0), ("?page=-1", 404, 0),
     (f"?page={'9' * 5000}", 404, 0)],
)  # fmt: skip
def test_lists_are_bounded(in_school: Tenant, admin: User, query: str, status: int, count: int) -> None:
    SettingOverride.objects.bulk_create([SettingOverride(key=f"k{number:03}", value=1) for number in range(205)])

    response = call(collection, "get", admin, url=f"/notes/{query}")

    assert response.status_code == status
    if status == 200:
        assert len(response.data["results"]) == count
        assert response.data["count"] == 205


@pytest.fixture
def staff_client(platform_staff: User, as_user: ClientOf) -> APIClient:
    return as_user(platform_staff)


def test_staff_above_all_schools_are_asked_for_one_before_they_write(school: Tenant, platform_staff: User) -> None:
    with platform_context(reason="test"):
        response = call(collection, "post", platform_staff, {"key": "a", "value": 1})

    assert (response.status_code, response.data["code"]) == (400, "tenant_required")
    assert "X-Tenant-Slug" in response.data["detail"]


def test_a_method_that_a_view_lacks_answers_405(staff_client: APIClient) -> None:
    response = staff_client.delete("/api/core/tenants/")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_a_database_that_is_gone_answers_503(admin: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_user(admin)

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        response = client.get("/api/core/settings/")

    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert response["Retry-After"] == "5"
