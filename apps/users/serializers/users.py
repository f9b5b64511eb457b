"""Accounts on the wire."""

import json
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.users.avatars import PICTURE, THUMBNAIL, avatar_url
from apps.users.choices import Role
from apps.users.models import User
from apps.users.serializers.auth import PasswordField, TenantSummarySerializer
from apps.users.validators import validate_time_zone

MAX_PREFERENCES = 16 * 1024
LANGUAGE = RegexValidator(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Enter a language tag such as en or pt-BR.")
ROW = (
    "id", "email", "first_name", "last_name", "roles", "is_platform_staff", "status", "language", "time_zone",
    "created_at", "last_login_at",
)  # fmt: skip
AVATAR_HELP = "The answer holds its address, for `<img>`: it needs no login, and another one comes tomorrow."
THUMBNAIL_HELP = "The same, 96 pixels large."
SET_ELSEWHERE = ("roles", "is_platform_staff", "status", "created_at", "last_login_at")


class AvatarField(serializers.FileField):
    """An upload that goes in, and the address of one of its sizes that comes out."""

    def __init__(self, *, kind: int, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str | None:
        return avatar_url(value.name, kind=self.kind) if value else None


class UserRowSerializer(serializers.ModelSerializer[User]):
    """An account in the list."""

    class Meta:
        model = User
        fields = ROW
        read_only_fields = fields


class UserSerializer(serializers.ModelSerializer[User]):
    """An account, as its school's staff see and change it."""

    email = serializers.EmailField(max_length=254)
    language = serializers.CharField(max_length=16, required=False, validators=[LANGUAGE])
    time_zone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    avatar = AvatarField(kind=PICTURE, read_only=True, help_text=AVATAR_HELP)
    avatar_thumbnail = AvatarField(kind=THUMBNAIL, source="avatar", read_only=True, help_text=THUMBNAIL_HELP)

    class Meta:
        model = User
        fields = (*ROW, "avatar", "avatar_thumbnail", "bio", "version")
        read_only_fields = (*SET_ELSEWHERE, "bio", "version")


class NewUserSerializer(serializers.Serializer[Any]):
    """An account to be made: with one `role` or several `roles`; without either it is a learner's."""

    email = serializers.EmailField(max_length=254)
    first_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), required=False, max_length=8)
    password = PasswordField()
    language = serializers.CharField(max_length=16, required=False, validators=[LANGUAGE])
    time_zone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        role, roles = attrs.pop("role", None), attrs.pop("roles", None)
        if role is not None and roles is not None:
            raise serializers.ValidationError({"role": "Send role or roles, not both."})
        attrs["roles"] = roles if roles is not None else [role or Role.LEARNER]
        return attrs


class RolesSerializer(serializers.Serializer[Any]):
    """All roles that an account has from now on."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), max_length=8)


@extend_schema_field({"type": "object", "additionalProperties": True})
class PreferencesField(serializers.DictField):
    """What a front end remembers for a person; the server does not look inside."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if isinstance(value, dict) and len(json.dumps(value, default=str)) > MAX_PREFERENCES:
            message = f"Preferences take at most {MAX_PREFERENCES} bytes of JSON."
            raise serializers.ValidationError(message, code="too_large")
        return value


class ProfileSerializer(serializers.ModelSerializer[User]):
    """One's own account."""

    tenant = TenantSummarySerializer(read_only=True, allow_null=True, help_text="Empty for the platform's staff.")
    permissions = serializers.SerializerMethodField(help_text="What the roles grant, for menus and buttons.")
    language = serializers.CharField(max_length=16, required=False, validators=[LANGUAGE])
    time_zone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    preferences = PreferencesField(required=False)
    avatar = AvatarField(
        kind=PICTURE,
        required=False,
        allow_null=True,
        help_text=f"JPEG, PNG, WebP or GIF of at most 2 MB; null takes it away. {AVATAR_HELP}",
    )
    avatar_thumbnail = AvatarField(kind=THUMBNAIL, source="avatar", read_only=True, help_text=THUMBNAIL_HELP)

    class Meta:
        model = User
        fields = (*ROW, "avatar", "avatar_thumbnail", "bio", "preferences", "permissions", "tenant", "version")
        read_only_fields = ("email", *SET_ELSEWHERE, "version")

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.permissions)


class ChangePasswordSerializer(serializers.Serializer[Any]):
    """The present password and the next one."""

    old_password = PasswordField()
    new_password = PasswordField()
