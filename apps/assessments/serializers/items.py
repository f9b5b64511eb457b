"""The lines of assessments on the wire."""

from typing import Any

from rest_framework import serializers

from apps.assessments.choices import Difficulty
from apps.assessments.models import AssessmentItem

MOST_LINES = 1000


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
