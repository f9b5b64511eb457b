"""Coming in and going out on the wire."""

from typing import Any

from rest_framework import serializers

from apps.core.models import Tenant
from apps.users.models import Session, User
from apps.users.validators import PASSWORD_LENGTH

RAW_TOKEN_LENGTH = 2000


class PasswordField(serializers.CharField):
    """A password as it was typed: spaces count, and nothing sends it back."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, trim_whitespace=False, max_length=PASSWORD_LENGTH, **kwargs)


class TenantSummarySerializer(serializers.ModelSerializer[Tenant]):
    """The school at hand."""

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name")
        read_only_fields = fields


class UserSummarySerializer(serializers.ModelSerializer[User]):
    """Who logged in."""

    tenant = TenantSummarySerializer(allow_null=True, read_only=True, help_text="Empty for the platform's staff.")

    class Meta:
        model = User
        fields = (
            "id", "email", "first_name", "last_name", "roles", "is_platform_staff", "language", "time_zone", "tenant",
        )  # fmt: skip
        read_only_fields = fields


class LoginSerializer(serializers.Serializer[Any]):
    """An address and its password."""

    email = serializers.CharField(max_length=254)
    password = PasswordField()


class TokensSerializer(serializers.Serializer[Any]):
    """The tokens of a session."""

    access = serializers.CharField(help_text="Send it as `Authorization: Bearer …`; good for minutes.")
    refresh = serializers.CharField(help_text="Exchange it at `auth/token/refresh/`; good once, for weeks.")


class LoggedInSerializer(TokensSerializer):
    """The tokens, and whose they are."""

    user = UserSummarySerializer()


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token."""

    refresh = serializers.CharField(max_length=RAW_TOKEN_LENGTH)


class LogoutSerializer(serializers.Serializer[Any]):
    """A refresh token, unless the access token says which session ends."""

    refresh = serializers.CharField(max_length=RAW_TOKEN_LENGTH, required=False)


class SwitchSerializer(serializers.Serializer[Any]):
    """Another school in which the same address has an account, and that account's password."""

    tenant = serializers.CharField(max_length=63, help_text="The slug of the school.")
    password = PasswordField()


class SessionSerializer(serializers.ModelSerializer[Session]):
    """One log-in on one device."""

    is_current = serializers.BooleanField(read_only=True, help_text="Whether this request belongs to it.")

    class Meta:
        model = Session
        fields = ("id", "user_agent", "ip_address", "created_at", "last_used_at", "expires_at", "is_current")
        read_only_fields = fields
