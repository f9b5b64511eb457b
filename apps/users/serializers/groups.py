"""Groups on the wire."""

from typing import Any

from rest_framework import serializers

from apps.users.choices import AdditionOutcome
from apps.users.models import Group

MOST_MEMBERS = 1000


class GroupSerializer(serializers.ModelSerializer[Group]):
    """A cohort, a team."""

    class Meta:
        model = Group
        fields = ("id", "name", "description", "member_count", "version", "created_at")
        read_only_fields = ("member_count", "version", "created_at")


class MemberSerializer(serializers.Serializer[Any]):
    """One account in a group."""

    user = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    joined_at = serializers.DateTimeField()


class NewMembersSerializer(serializers.Serializer[Any]):
    """The accounts to add."""

    users = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_MEMBERS)


class AdditionSerializer(serializers.Serializer[Any]):
    """What became of one account."""

    user = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=AdditionOutcome.choices)


class AdditionsSerializer(serializers.Serializer[Any]):
    """One entry for each account, in the order of the request."""

    results = AdditionSerializer(many=True)
