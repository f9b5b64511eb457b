"""Assessments on the wire: as their makers, and as their takers see them."""

from typing import Any

from rest_framework import serializers

from apps.assessments.models import Assessment

ASSESSMENT_FIELDS = (
    "id", "course", "title", "description", "assessment_type", "status", "grading_mode", "opens_at", "due_at",
    "closes_at", "time_limit_minutes", "max_attempts", "cooldown_minutes", "counted_attempt", "pass_mark_percentage",
    "shuffle_questions", "shuffle_options", "show_score", "show_answers", "show_feedback", "results_posted_at",
    "late_penalty_percentage", "late_penalty_per", "late_floor_percentage", "late_grace_minutes",
    "question_count", "max_score", "created_at", "updated_at",
)  # fmt: skip


_KEPT = ("question_count", "max_score", "results_posted_at", "created_at", "updated_at")


class AssessmentRowSerializer(serializers.ModelSerializer[Assessment]):
    """An assessment as everybody sees it who may know of it."""

    class Meta:
        model = Assessment
        fields = ASSESSMENT_FIELDS
        read_only_fields = ASSESSMENT_FIELDS


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """An assessment as its makers see and change it."""

    course = serializers.CharField(max_length=100, help_text="Id or slug; stays.")
    allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=50, required=False, help_text="CIDR."
    )

    class Meta:
        model = Assessment
        fields = (*ASSESSMENT_FIELDS, "access_code", "allowed_networks", "version")
        read_only_fields = (*_KEPT, "version")

    def to_representation(self, instance: Assessment) -> dict[str, Any]:
        return {**super().to_representation(instance), "course": str(instance.course_id)}


class TermsSerializer(serializers.Serializer[Any]):
    """What holds for the caller, accommodations included. Empty: no bound."""

    opens_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    time_limit_seconds = serializers.IntegerField(allow_null=True)
    max_attempts = serializers.IntegerField(allow_null=True)
    attempts_used = serializers.IntegerField()
    attempts_left = serializers.IntegerField(allow_null=True)
    open_attempt = serializers.UUIDField(allow_null=True, help_text="The one that runs, to go on with.")


class TakenAssessmentSerializer(AssessmentRowSerializer):
    """An assessment as those see it who take it; `terms` is empty for who takes none."""

    terms = TermsSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Assessment
        fields = (*ASSESSMENT_FIELDS, "terms")
        read_only_fields = fields


class CopySerializer(serializers.Serializer[Any]):
    """Where a copy goes, and what it is called."""

    course = serializers.CharField(max_length=100, required=False, help_text="Id or slug; by default the same course.")
    title = serializers.CharField(max_length=200, required=False)


class ResultsSerializer(serializers.ModelSerializer[Assessment]):
    """Whether the results of an assessment are posted."""

    assessment = serializers.UUIDField(source="id")

    class Meta:
        model = Assessment
        fields = ("assessment", "results_posted_at", "version")
        read_only_fields = fields
