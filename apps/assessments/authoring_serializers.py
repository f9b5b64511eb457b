"""The bank, the lines of assessments, accommodations and terms on the wire."""

from typing import Any

from rest_framework import serializers

from apps.assessments.choices import Difficulty
from apps.assessments.models import Accommodation, Assessment, AssessmentItem, QuestionCategory, QuestionVersion
from apps.assessments.serializers import ASSESSMENT_FIELDS, AssessmentRowSerializer, QuestionSerializer

MOST_LINES = 1000


class CategorySerializer(serializers.ModelSerializer[QuestionCategory]):
    """A drawer of the bank."""

    class Meta:
        model = QuestionCategory
        fields = ("id", "name", "created_by_id", "version", "created_at")
        read_only_fields = ("id", "created_by_id", "version", "created_at")


class QuestionVersionSerializer(QuestionSerializer):
    """A version of a question, as it was asked."""

    is_current = serializers.BooleanField(read_only=True)
    is_used = serializers.BooleanField(read_only=True, help_text="It stands on a paper, so it is never changed.")
    created_at = serializers.DateTimeField(read_only=True)

    def to_representation(self, instance: QuestionVersion) -> dict[str, Any]:
        return {
            **super().to_representation(instance),
            "created_by": instance.created_by_id and str(instance.created_by_id),
            "is_current": instance.number == instance.question.version_number,
            "is_used": instance.is_used,
            "created_at": instance.created_at,
        }


class QuestionUsageSerializer(serializers.Serializer[Any]):
    """An assessment that asks a question, or has asked it."""

    assessment = serializers.UUIDField()
    title = serializers.CharField()
    course = serializers.UUIDField()
    status = serializers.CharField()
    is_on_it = serializers.BooleanField(help_text="It is a line of the assessment now.")
    paper_count = serializers.IntegerField(help_text="The attempts whose paper asks it, in whatever version.")


class AssessmentItemSerializer(serializers.ModelSerializer[AssessmentItem]):
    """A line of an assessment: a fixed question, or a section that is drawn for each attempt."""

    question = serializers.UUIDField(required=False, help_text="A question of the bank; or leave it out and draw.")
    draw_count = serializers.IntegerField(
        min_value=1, max_value=MOST_LINES, required=False, allow_null=True, help_text="How many questions are drawn."
    )
    draw_category = serializers.UUIDField(required=False, allow_null=True, help_text="Of this category.")
    draw_tags = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=30, required=False, help_text="With all of these tags."
    )
    draw_difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False, allow_blank=True)
    question_type = serializers.CharField(read_only=True, allow_null=True)
    question_text = serializers.CharField(read_only=True, allow_null=True)
    question_points = serializers.DecimalField(
        max_digits=8, decimal_places=2, read_only=True, allow_null=True, help_text="The question's own."
    )

    class Meta:
        model = AssessmentItem
        fields = (
            "id", "assessment", "order", "question", "question_type", "question_text", "question_points", "points",
            "draw_count", "draw_category", "draw_tags", "draw_difficulty", "version",
        )  # fmt: skip
        read_only_fields = ("id", "assessment", "order", "version")
        extra_kwargs = {"points": {"min_value": 0}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and ("question" in attrs) == (attrs.get("draw_count") is not None):
            message = "Name a question, or say with draw_count how many to draw: one of the two."
            raise serializers.ValidationError({"question": [message]}, code="question_or_section")
        if self.instance is not None and attrs.get("draw_count", 1) is None:
            raise serializers.ValidationError({"draw_count": ["This may not be empty."]}, code="null")
        return attrs

    def to_representation(self, instance: AssessmentItem) -> dict[str, Any]:
        return {
            **{name: getattr(instance, name) for name in ("order", "draw_count", "draw_tags", "draw_difficulty")},
            "id": str(instance.id),
            "assessment": str(instance.assessment_id),
            "question": instance.question_id and str(instance.question_id),
            "question_type": getattr(instance, "question_type", None),
            "question_text": getattr(instance, "question_text", None),
            "question_points": _text(getattr(instance, "question_points", None)),
            "points": _text(instance.points),
            "draw_category": instance.draw_category_id and str(instance.draw_category_id),
            "version": instance.version,
        }


def _text(number: Any) -> str | None:
    return None if number is None else f"{number:.2f}"


class AssessmentItemOrderSerializer(serializers.Serializer[Any]):
    """All lines of the assessment, each once, in the wanted order."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_LINES)


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
