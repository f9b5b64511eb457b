"""Regrades on the wire: who changes, from what to what."""

from typing import Any

from rest_framework import serializers

from apps.assessments.models import Assessment
from apps.assessments.serializers.fields import points_field


class RegradeSerializer(serializers.Serializer[Any]):
    """What to grade anew, and why."""

    dry_run = serializers.BooleanField(default=False, help_text="Change nothing; say what would change.")
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Asked for unless it is a dry run."
    )
    attempts = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=5000, required=False, help_text="These only."
    )
    background = serializers.BooleanField(
        default=False, help_text="As a job, however few they are; more than 500 attempts become one in any case."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["dry_run"] and not attrs["reason"].strip():
            raise serializers.ValidationError({"reason": ["Say why; it goes into each grade's history."]})
        return attrs


class GradeStandingSerializer(serializers.Serializer[Any]):
    """What a grade is."""

    status = serializers.CharField()
    raw_score = points_field(allow_null=True)
    score = points_field(allow_null=True)
    percentage = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    late_penalty_percentage = serializers.DecimalField(max_digits=5, decimal_places=2)


class PointsChangeSerializer(serializers.Serializer[Any]):
    """What an answer was worth, and is now."""

    question = serializers.UUIDField(source="question_id")
    from_points = points_field(allow_null=True)
    to_points = points_field()


class AttemptChangeSerializer(serializers.Serializer[Any]):
    """Who changes, from what to what."""

    attempt = serializers.UUIDField(source="attempt_id")
    user = serializers.UUIDField(source="user_id")
    before = GradeStandingSerializer()
    after = GradeStandingSerializer()
    answers = PointsChangeSerializer(many=True)
    claimed_by = serializers.UUIDField(
        allow_null=True, help_text="Who grades the attempt just now; they notice by the version that it has changed."
    )


class RegradeRulesSerializer(serializers.ModelSerializer[Assessment]):
    """What of the assessment a regrade goes by beside the keys, as it is today."""

    class Meta:
        model = Assessment
        fields = (
            "grading_mode", "pass_mark_percentage", "late_penalty_percentage", "late_penalty_per",
            "late_floor_percentage", "late_grace_minutes",
        )  # fmt: skip
        read_only_fields = fields


class RegradedSerializer(serializers.Serializer[Any]):
    """What a regrade did, or would do."""

    dry_run = serializers.BooleanField(source="is_dry_run")
    attempts = serializers.IntegerField(help_text="How many were looked at.")
    changed = serializers.IntegerField()
    rules = RegradeRulesSerializer(help_text="The assessment's rules of today, which this goes by beside the keys.")
    changes = AttemptChangeSerializer(many=True)
