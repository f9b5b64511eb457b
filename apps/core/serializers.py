"""The platform's own resources on the wire."""

from typing import Any

from rest_framework import serializers

from apps.core.choices import SettingSource, TenantStatus
from apps.core.models import Tenant, TenantDomain
from apps.core.settings_registry import SettingDefinition, definitions
from apps.core.validators import validate_slug


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """A tenant, for the platform's staff."""

    slug = serializers.CharField(max_length=63, validators=[validate_slug], help_text="First label of the host name.")
    theme = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="`primary_color`, `accent_color` (#rrggbb), `logo_url` (https), `login_message`.",
    )
    status = serializers.ChoiceField(choices=TenantStatus.choices, read_only=True)

    class Meta:
        model = Tenant
        fields = ("id", "name", "slug", "status", "theme", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class CurrentTenantSerializer(serializers.Serializer[Any]):
    """What a login page shows before anybody has logged in."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    theme = serializers.DictField(child=serializers.CharField())
    settings = serializers.DictField(
        child=serializers.DictField(), help_text="The public settings: group → name → value."
    )


class DomainSerializer(serializers.ModelSerializer[TenantDomain]):
    """A custom domain of a tenant."""

    domain = serializers.CharField(max_length=253, help_text="Host name without scheme and port.")
    tenant = serializers.UUIDField(source="tenant_id", read_only=True)
    is_verified = serializers.SerializerMethodField()

    class Meta:
        model = TenantDomain
        fields = (
            "id", "tenant", "domain", "verification_token", "is_verified", "verified_at", "is_primary", "created_at",
        )  # fmt: skip
        read_only_fields = ("verification_token", "verified_at", "is_primary", "created_at")

    def get_is_verified(self, obj: TenantDomain) -> bool:
        return obj.verified_at is not None


class SettingSerializer(serializers.Serializer[Any]):
    """One setting: its value here, and where that comes from."""

    key = serializers.CharField(source="definition.key")
    type = serializers.ChoiceField(
        choices=["boolean", "integer", "string", "list", "choice"], source="definition.type_name"
    )
    value = serializers.JSONField()
    default = serializers.JSONField(source="definition.default")
    choices = serializers.ListField(child=serializers.CharField(), source="definition.choices")
    scope = serializers.CharField(
        source="definition.scope", help_text="`platform` and `granted` settings are not for tenants to choose."
    )
    source = serializers.ChoiceField(choices=SettingSource.choices)  # type: ignore[assignment]  # a field, called as on the wire
    is_locked = serializers.BooleanField(help_text="The platform's staff keep tenants from overriding it.")
    description = serializers.CharField(source="definition.description")


_FIELD_OF_TYPE: dict[type, Any] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    str: serializers.CharField,
    list: serializers.ListField,
}


def _field_of(definition: SettingDefinition) -> serializers.Field[Any, Any, Any, Any]:
    field: serializers.Field[Any, Any, Any, Any] = _FIELD_OF_TYPE[definition.type](
        required=False, allow_null=True, help_text=definition.description
    )
    return field


def settings_schema(name: str, **extra: serializers.Field[Any, Any, Any, Any]) -> type[serializers.Serializer[Any]]:
    """Return a serializer that documents all settings, nested as on the wire, and the `extra` fields."""
    groups: dict[str, dict[str, Any]] = {}
    for definition in definitions():
        groups.setdefault(definition.group, {})[definition.name] = _field_of(definition)
    nested = {
        group: type(f"{name}{group.title().replace('_', '')}", (serializers.Serializer,), fields)(required=False)
        for group, fields in groups.items()
    }
    return type(name, (serializers.Serializer,), {**nested, **extra})
