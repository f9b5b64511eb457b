"""Choose the values of settings: for the open tenant or, in a platform context, for the platform."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import transaction

from apps.core.choices import SettingScope
from apps.core.errors import DomainError, InvalidInput, PermissionRefused
from apps.core.events import emit
from apps.core.models import SettingOverride
from apps.core.platform_events import SettingChanged
from apps.core.policies import Actor, actor_id_of
from apps.core.selectors import read_overrides, settings_cache_key
from apps.core.settings_registry import definition_of, definitions
from apps.core.tenancy.context import tenant_id_or_platform


class SettingLocked(PermissionRefused):
    """The platform's staff keep this setting for themselves."""

    code = "setting_locked"


class LockNotAllowed(PermissionRefused):
    """Only the platform locks, on its own host."""

    code = "lock_not_allowed"
    default_detail = "Only the platform's staff can lock a setting, on the platform's own host."
    default_field = "locks"


class SettingsRefused(InvalidInput):
    """Some of the changes cannot be made, so none was; `extra["errors"]` says which and why."""

    default_detail = "Some settings are not valid; see `errors` for each of them. Nothing was changed."


def flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested values (`{"features": {"x": true}}`) by their dotted keys; dotted ones stay as they are."""
    return dict(_flatten(values, ""))


def _flatten(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    groups = {definition.group for definition in definitions()}
    for name, value in values.items():
        if not prefix and name in groups and isinstance(value, Mapping):
            yield from _flatten(value, f"{name}.")
        else:
            yield f"{prefix}{name}", value


@transaction.atomic
def change_settings(*, changes: Mapping[str, Any], locks: Mapping[str, bool], by: Actor | None) -> None:
    """Choose values by dotted key in the open scope; all of them or none.

    Args:
        changes: the new values; None takes back what was chosen, so that the value is inherited again.
        locks: platform only: whether tenants are kept from overriding.
        by: who chooses.

    Raises:
        SettingsRefused: a key is unknown, or a value is not one that it can take.
        SettingLocked: a tenant changes what is locked, or what belongs to the platform.
        LockNotAllowed: a tenant locks.
    """
    tenant_id = tenant_id_or_platform()
    if locks and tenant_id is not None:
        raise LockNotAllowed
    _refuse_invalid(changes, locks)
    if tenant_id is not None:
        _refuse_locked(changes, by)
    for key in sorted({*changes, *locks}):
        _choose(key, changes, locks, by)
        emit(SettingChanged(key=key, actor_id=actor_id_of(by)))
    transaction.on_commit(lambda: cache.delete(settings_cache_key(tenant_id)), robust=True)


def _refuse_invalid(changes: Mapping[str, Any], locks: Mapping[str, bool]) -> None:
    errors = [*_problems_with_values(changes), *_problems_with_locks(locks)]
    if errors:
        raise SettingsRefused(extra={"errors": errors})


def _problems_with_values(changes: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for key, value in changes.items():
        try:
            definition = definition_of(key)
            if value is not None:
                definition.validate(value)
        except DomainError as error:
            yield {"field": key, "code": error.code, "detail": error.detail}


def _problems_with_locks(locks: Mapping[str, bool]) -> Iterator[dict[str, str]]:
    for key in locks:
        try:
            definition_of(key)
        except DomainError as error:
            yield {"field": f"locks.{key}", "code": error.code, "detail": error.detail}


def _refuse_locked(changes: Mapping[str, Any], by: Actor | None) -> None:
    on_platform = read_overrides(None)
    for key in changes:
        is_locked = key in on_platform and on_platform[key].is_locked
        if is_locked or not _may_choose(definition_of(key).scope, by):
            message = f"{key} is set by the platform's staff for all schools; ask them to change or to unlock it."
            raise SettingLocked(message, field=key)


def _may_choose(scope: SettingScope, by: Actor | None) -> bool:
    """Whether `by` may choose such a setting for the open tenant; the command line may what the staff may."""
    if scope == SettingScope.GRANTED:
        return by is None or by.is_platform_staff
    return scope == SettingScope.TENANT


def _choose(key: str, changes: Mapping[str, Any], locks: Mapping[str, bool], by: Actor | None) -> None:
    """Write one row, or delete it when it says nothing any more."""
    chosen: dict[str, Any] = {"updated_by_id": actor_id_of(by)}
    if key in changes:
        chosen["value"] = changes[key]
    if key in locks:
        chosen["is_locked"] = locks[key]
    level: Any = tenant_id_or_platform()  # None is a value here: the platform's own row
    row, _ = SettingOverride.objects.update_or_create(tenant_id=level, key=key, defaults=chosen)
    if row.value is None and not row.is_locked:
        row.delete()
