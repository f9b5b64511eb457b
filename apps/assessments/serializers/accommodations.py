"""Accommodations on the wire."""

from rest_framework import serializers

from apps.assessments.models import Accommodation


class AccommodationSerializer(serializers.ModelSerializer[Accommodation]):
    """What a learner, or every member of a group, is granted."""

    user = serializers.UUIDField(required=False, allow_null=True, source="user_id", help_text="The learner; stays.")
    group = serializers.UUIDField(required=False, allow_null=True, source="group_id", help_text="Or a group; stays.")
    assessment = serializers.UUIDField(
        required=False, allow_null=True, source="assessment_id", help_text="Empty: in every assessment; stays."
    )

    class Meta:
        model = Accommodation
        fields = (
            "id", "user", "group", "assessment", "extra_time_percentage", "extra_attempts", "opens_at", "due_at",
            "closes_at", "reason", "created_by_id", "version", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "created_by_id", "version", "created_at")
        extra_kwargs = {
            "extra_time_percentage": {"max_value": 1000},
            "extra_attempts": {"max_value": 1000},
        }
