"""Invitations and registering on the wire."""

from typing import Any

from rest_framework import serializers

from apps.users.choices import Role
from apps.users.models import Invitation
from apps.users.serializers.auth import PasswordField


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """A right to register one account; its token goes by mail and is never shown."""

    email = serializers.EmailField(max_length=254)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), default=[Role.LEARNER], max_length=8
    )
    invited_by = serializers.UUIDField(
        source="invited_by_id", read_only=True, allow_null=True, help_text="Empty when the person asked for it."
    )

    class Meta:
        model = Invitation
        fields = ("id", "email", "roles", "invited_by", "created_at", "expires_at", "accepted_at")
        read_only_fields = ("created_at", "expires_at", "accepted_at")


class RegistrationSerializer(serializers.Serializer[Any]):
    """Either an `email`, to be mailed a token; or that token as `invitation`, with a password and a name."""

    email = serializers.EmailField(max_length=254, required=False)
    invitation = serializers.CharField(max_length=200, required=False)
    password = PasswordField(required=False)
    first_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=100, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "invitation" in attrs and "password" not in attrs:
            raise serializers.ValidationError({"password": "Choose a password."}, code="required")
        if "invitation" not in attrs and "email" not in attrs:
            message = "Send the address to register, or the token that was mailed to it as invitation."
            raise serializers.ValidationError({"email": message}, code="required")
        return attrs


class RegistrationRequestedSerializer(serializers.Serializer[Any]):
    """The next step."""

    detail = serializers.CharField()
