"""Reads of the platform's own tables."""

import logging
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.cache import cache

from apps.core.choices import SettingScope, SettingSource
from apps.core.models import SettingOverride
from apps.core.settings_registry import SettingDefinition, definition_of, definitions
from apps.core.tenancy.context import current_scope, platform_context, tenant_context

logger = logging.getLogger(__name__)

CACHE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Override:
    """What one level says about one setting."""

    value: Any
    is_locked: bool


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting as it holds in the open scope."""

    definition: SettingDefinition
    value: Any
    source: SettingSource
    is_locked: bool


Overrides = dict[str, Override]


def get_setting(key: str) -> Any:
    """Return the value of a setting in the open scope; outside of any tenant, the platform's.

    Answers from the cache: a change is seen at once by processes that share one, by others within
    `CACHE_SECONDS`.

    Raises:
        UnknownSetting: no app defines the key.
    """
    definition = definition_of(key)
    return _effective(definition, *_cached_levels(current_scope().tenant_id)).value


def public_settings() -> dict[str, dict[str, Any]]:
    """Return the settings that everybody may read, in the open scope, nested as group → name → value."""
    levels = _cached_levels(current_scope().tenant_id)
    return nested([_effective(definition, *levels) for definition in definitions() if definition.is_public])


def effective_settings() -> list[EffectiveSetting]:
    """Return every setting that can be chosen in the open scope, fresh from the database, ordered by key."""
    tenant_id = current_scope().tenant_id
    levels = read_overrides(None), (read_overrides(tenant_id) if tenant_id else {})
    return [
        _effective(definition, *levels)
        for definition in definitions()
        if tenant_id is None or definition.scope != SettingScope.PLATFORM
    ]


def nested(effective: list[EffectiveSetting]) -> dict[str, dict[str, Any]]:
    """Return the values as group → name → value."""
    groups: dict[str, dict[str, Any]] = {}
    for setting in effective:
        groups.setdefault(setting.definition.group, {})[setting.definition.name] = setting.value
    return groups


def _effective(definition: SettingDefinition, platform: Overrides, tenant: Overrides) -> EffectiveSetting:
    from_platform, from_tenant = platform.get(definition.key), tenant.get(definition.key)
    is_locked = from_platform is not None and from_platform.is_locked
    if from_tenant is not None and not is_locked and definition.scope != SettingScope.PLATFORM:
        return EffectiveSetting(definition, from_tenant.value, SettingSource.TENANT, is_locked)
    if from_platform is not None and from_platform.value is not None:
        return EffectiveSetting(definition, from_platform.value, SettingSource.PLATFORM, is_locked)
    return EffectiveSetting(definition, definition.default, SettingSource.DEFAULT, is_locked)


def read_overrides(tenant_id: UUID | None) -> Overrides:
    """Return what the tenant, or with None the platform, has chosen, by key."""
    scope = tenant_context(tenant_id) if tenant_id else platform_context(reason="settings of the platform")
    with scope:
        rows = SettingOverride.objects.filter(tenant__isnull=tenant_id is None).values_list("key", "value", "is_locked")
        return {key: Override(value, is_locked) for key, value, is_locked in rows}


def settings_cache_key(tenant_id: UUID | None) -> str:
    """Return the key under which a level's overrides are cached."""
    return f"core.settings:{tenant_id or 'platform'}"


def _cached_levels(tenant_id: UUID | None) -> tuple[Overrides, Overrides]:
    return _cached_overrides(None), (_cached_overrides(tenant_id) if tenant_id else {})


def _cached_overrides(tenant_id: UUID | None) -> Overrides:
    key = settings_cache_key(tenant_id)
    try:
        found: Overrides | None = cache.get(key)
    except Exception:  # every cache backend has errors of its own; none may stop a request
        logger.warning("cache_unavailable", exc_info=True)
        return read_overrides(tenant_id)
    if found is None:
        found = read_overrides(tenant_id)
        _remember(key, found)
    return found


def _remember(key: str, found: Overrides) -> None:
    try:
        cache.set(key, found, CACHE_SECONDS)
    except Exception:  # the same: it may be full, or a replica that nobody may write to
        logger.warning("cache_unavailable", exc_info=True)
