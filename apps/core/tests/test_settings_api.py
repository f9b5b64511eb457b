"""Settings: default, the platform's value, the school's override, and locks."""

from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core import settings_registry
from apps.core.choices import SettingScope
from apps.core.models import SettingOverride, Tenant
from apps.core.selectors import get_setting
from apps.core.services import change_settings
from apps.core.settings_registry import InvalidSetting, SettingDefinition, UnknownSetting, define
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.parallel import in_parallel

SETTINGS = "/api/core/settings/"
KEY = "features.ai_content_generation"
ON = {"features": {"ai_content_generation": True}}


def entry(response: Any, key: str = KEY) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in response.json()["settings"] if entry["key"] == key)
    return found


def chosen(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return list(SettingOverride.objects.values_list("key", flat=True))


def test_an_admin_overrides_for_the_school(admin: User, stranger: User, as_user: ClientOf) -> None:
    response = as_user(admin).patch(SETTINGS, ON)

    assert response.status_code == 200
    assert response.json()["features"] == {"ai_content_generation": True}
    assert entry(response) == {
        "key": KEY,
        "type": "boolean",
        "value": True,
        "default": False,
        "choices": [],
        "scope": "tenant",
        "source": "tenant",
        "is_locked": False,
        "description": "Instructors may have course content drafted by an AI model.",
    }
    assert entry(as_user(stranger).get(SETTINGS))["source"] == "default"


def test_who_may_not_choose_changes_nothing(
    principal: User, learner: User, instructor: User, school: Tenant, as_user: ClientOf
) -> None:
    assert as_user(principal).get(SETTINGS).status_code == 200
    assert as_user(learner).get(SETTINGS).status_code == 403
    assert [as_user(person).patch(SETTINGS, ON).status_code for person in (principal, learner, instructor)] == [403] * 3
    assert chosen(school) == []


def test_schools_inherit_what_the_platform_chose(platform_staff: User, admin: User, as_user: ClientOf) -> None:
    response = as_user(platform_staff).patch(SETTINGS, ON)

    assert entry(response)["source"] == "platform"
    inherited = entry(as_user(admin).get(SETTINGS))
    assert (inherited["value"], inherited["source"]) == (True, "platform")


def test_null_takes_the_override_back(admin: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(admin)
    client.patch(SETTINGS, ON)

    response = client.patch(SETTINGS, {"features": {"ai_content_generation": None}})

    assert (entry(response)["value"], entry(response)["source"]) == (False, "default")
    assert chosen(school) == []


def test_a_locked_key_is_refused_to_schools(
    platform_staff: User, admin: User, school: Tenant, as_user: ClientOf
) -> None:
    as_user(admin).patch(SETTINGS, ON)
    locked = as_user(platform_staff).patch(SETTINGS, {"locks": {KEY: True}})

    refused = as_user(admin).patch(SETTINGS, {"features": {"ai_content_generation": None}})

    assert entry(locked)["is_locked"] is True
    assert refused.status_code == 403
    assert refused.json()["errors"] == [
        {"field": KEY, "code": "setting_locked", "detail": refused.json()["detail"]},
    ]
    state = entry(as_user(admin).get(SETTINGS))
    assert (state["value"], state["source"], state["is_locked"]) == (False, "default", True)
    as_user(platform_staff).patch(SETTINGS, {"locks": {KEY: False}})
    assert entry(as_user(admin).get(SETTINGS))["value"] is True


def test_a_lock_outlives_the_value(platform_staff: User, as_user: ClientOf) -> None:
    client = as_user(platform_staff)
    client.patch(SETTINGS, {**ON, "locks": {KEY: True}})

    response = client.patch(SETTINGS, {"features": {"ai_content_generation": None}})

    assert entry(response) | {"value": False, "source": "default", "is_locked": True} == entry(response)


def test_schools_neither_lock_nor_change_what_is_the_platforms(admin: User, school: Tenant, as_user: ClientOf) -> None:
    client = as_user(admin)

    lock = client.patch(SETTINGS, {"locks": {KEY: True}})
    foreign = client.patch(SETTINGS, {"platform": {"announcement": "Hello"}})

    assert (lock.status_code, lock.json()["code"]) == (403, "lock_not_allowed")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "setting_locked")
    assert chosen(school) == []
    assert "platform" not in client.get(SETTINGS).json()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"features": {"ai_content_generation": "yes"}}, [(KEY, "invalid_setting")]),
        ({"features": {"ai_content_generation": 1}}, [(KEY, "invalid_setting")]),
        ({"features": {"flying": True}}, [("features.flying", "unknown_setting")]),
        ({"features": True, "nothing": {}}, [("features", "unknown_setting"), ("nothing", "unknown_setting")]),
        ({"support": {"email": "nobody"}}, [("support.email", "invalid_setting")]),
        ({"support": {"email": "x" * 3000}}, [("support.email", "invalid_setting")]),
        ({**ON, "support": {"email": 7}}, [("support.email", "invalid_setting")]),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_changes(
    admin: User, school: Tenant, as_user: ClientOf, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    response = as_user(admin).patch(SETTINGS, body)

    assert response.status_code == 400
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == errors
    assert chosen(school) == []


@pytest.mark.parametrize("body", [[], "text", 7, {"locks": "all"}, {"locks": {KEY: "perhaps"}}])
def test_malformed_bodies_are_refused(platform_staff: User, as_user: ClientOf, body: Any) -> None:
    assert as_user(platform_staff).patch(SETTINGS, body).status_code == 400


def test_an_unknown_key_cannot_be_locked(platform_staff: User, as_user: ClientOf) -> None:
    response = as_user(platform_staff).patch(SETTINGS, {"locks": {"no.such": True}})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "locks.no.such"


def test_dotted_keys_are_understood_too(admin: User, as_user: ClientOf) -> None:
    assert as_user(admin).patch(SETTINGS, {KEY: True}).json()["features"]["ai_content_generation"] is True


def test_code_reads_the_value_from_the_cache_until_it_changes(
    school: Tenant, other_school: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with tenant_context(school):
        assert get_setting(KEY) is False
        with django_capture_on_commit_callbacks(execute=True):
            change_settings(changes={KEY: True}, locks={}, by=None)
        assert get_setting(KEY) is True
    with tenant_context(other_school):
        assert get_setting(KEY) is False


def test_the_platforms_change_reaches_every_school(
    school: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with tenant_context(school):
        assert get_setting(KEY) is False

    with platform_context(reason="test"), django_capture_on_commit_callbacks(execute=True):
        change_settings(changes={KEY: True}, locks={}, by=None)
        assert get_setting(KEY) is False  # not before the commit

    with tenant_context(school):
        assert get_setting(KEY) is True


@pytest.mark.parametrize("broken", ["get", "set"])
def test_a_cache_that_is_gone_or_full_costs_a_query_and_no_error(
    school: Tenant, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, broken, fail)

    with tenant_context(school):
        assert get_setting(KEY) is False


def test_code_that_asks_for_an_unknown_setting_fails(school: Tenant) -> None:
    with tenant_context(school), pytest.raises(UnknownSetting):
        get_setting("no.such")


@pytest.mark.parametrize(
    ("definition", "good", "bad"),
    [
        ({"type": int, "default": 1, "minimum": 1, "maximum": 5}, [1, 5], [0, 6, True, "1", 1.0]),
        ({"type": int, "default": 1, "minimum": 1}, [10**6], [0]),
        ({"type": str, "default": "a", "choices": ("a", "b")}, ["a", "b"], ["c", 1, []]),
        ({"type": list, "default": []}, [[], ["x"]], [[1], "x", ["x"] * 201]),
        ({"type": list, "default": [], "choices": ("a",)}, [["a"]], [["b"]]),
    ],
)
def test_each_type_takes_its_own_values(definition: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    setting = SettingDefinition(key="group.name", description="A test.", **definition)

    for value in good:
        setting.validate(value)
    for value in bad:
        with pytest.raises(InvalidSetting):
            setting.validate(value)


@pytest.mark.parametrize(
    ("key", "default"), [("nodot", True), ("locks.x", True), ("a.b.c", True), (KEY, True), ("tests.wrong", "text")]
)
def test_a_definition_that_cannot_work_is_refused(key: str, default: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_registry, "_definitions", dict(settings_registry._definitions))

    with pytest.raises(ValueError, match=r"\w"):
        define(SettingDefinition(key=key, type=bool, default=default, description="A test."))


def test_choices_are_named_on_the_wire() -> None:
    setting = SettingDefinition(key="a.b", type=str, default="x", description="", choices=("x",))

    assert setting.type_name == "choice"
    assert setting.scope == SettingScope.TENANT


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_choose_at_once_leave_one_row(school: Tenant) -> None:
    def choose(value: bool) -> None:
        with tenant_context(school):
            change_settings(changes={KEY: value}, locks={}, by=None)

    outcomes = in_parallel([partial(choose, index % 2 == 0) for index in range(4)])

    assert outcomes == [None] * 4
    assert chosen(school) == [KEY]


def test_what_is_granted_is_chosen_for_a_school_by_the_staff_alone(
    school: Tenant,
    other_school: Tenant,
    admin: User,
    platform_staff: User,
    as_user: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings_registry, "_definitions", dict(settings_registry._definitions))
    define(SettingDefinition(key="tests.room", type=int, default=1, description="x.", scope=SettingScope.GRANTED))

    refused = as_user(admin).patch(SETTINGS, {"tests": {"room": 5}})
    with tenant_context(school):
        change_settings(changes={"tests.room": 3}, locks={}, by=platform_staff)

    assert (refused.status_code, refused.json()["code"]) == (403, "setting_locked")
    cache.clear()
    with tenant_context(school):
        assert get_setting("tests.room") == 3
    with tenant_context(other_school):
        assert get_setting("tests.room") == 1
    assert entry(as_user(admin).get(SETTINGS), "tests.room")["scope"] == "granted"
