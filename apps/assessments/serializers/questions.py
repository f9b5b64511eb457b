"""The question bank on the wire: for authors and graders, keys included."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.assessments.choices import Difficulty
from apps.assessments.models import KeyCorrection, QuestionCategory, QuestionVersion
from apps.assessments.question_types import QUESTION_TYPES


class CategorySerializer(serializers.ModelSerializer[QuestionCategory]):
    """A drawer of the bank."""

    class Meta:
        model = QuestionCategory
        fields = ("id", "name", "created_by_id", "version", "created_at")
        read_only_fields = ("id", "created_by_id", "version", "created_at")


class QuestionSerializer(serializers.Serializer[Any]):
    """What a question asks, with its key: for authors and graders."""

    id = serializers.UUIDField(read_only=True)
    version_number = serializers.IntegerField(read_only=True)
    question_type = serializers.ChoiceField(choices=sorted(QUESTION_TYPES))
    question_text = serializers.CharField(max_length=20_000, help_text="Markdown.")
    points = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=0, default=Decimal(1))
    type_specific_data = serializers.JSONField(help_text="What the type asks for; see the examples.")
    feedback = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    worked_solution = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    hints = serializers.ListField(child=serializers.CharField(max_length=1000), max_length=10, required=False)
    rubric = serializers.UUIDField(required=False, allow_null=True, help_text="What people grade the answers by.")
    shows_rubric = serializers.BooleanField(
        required=False, help_text="Learners see the rubric from the start, not only with the feedback."
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=50), max_length=30, required=False)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False)
    is_shared = serializers.BooleanField(required=False, help_text="Other authors of the school may use it.")
    is_archived = serializers.BooleanField(required=False, help_text="Out of the bank; assessments and papers keep it.")
    category = serializers.UUIDField(required=False, allow_null=True, help_text="Of the bank.")
    created_by = serializers.UUIDField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True, help_text="For If-Match.")

    def to_representation(self, instance: QuestionVersion) -> dict[str, Any]:
        question = instance.question
        return {
            "id": str(question.id),
            "version_number": instance.number,
            "question_type": instance.question_type,
            "question_text": instance.question_text,
            "points": str(instance.points),
            "type_specific_data": instance.type_specific_data,
            "feedback": instance.feedback,
            "worked_solution": instance.worked_solution,
            "hints": instance.hints,
            "rubric": instance.rubric_id and str(instance.rubric_id),
            "shows_rubric": instance.shows_rubric,
            "tags": question.tags,
            "difficulty": question.difficulty,
            "is_shared": question.is_shared,
            "is_archived": question.is_archived,
            "category": question.category_id and str(question.category_id),
            "created_by": question.created_by_id and str(question.created_by_id),
            "version": question.version,
        }


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


class CorrectionSerializer(serializers.Serializer[Any]):
    """A key as it should have been."""

    type_specific_data = serializers.JSONField(help_text="All of it; what learners see of it stays the same.")
    reason = serializers.CharField(max_length=500)
    version_number = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, help_text="Left out: the current one."
    )


class KeyCorrectionSerializer(serializers.ModelSerializer[KeyCorrection]):
    """One entry of a key's history."""

    version_number = serializers.IntegerField(source="version.number")
    actor = serializers.UUIDField(source="actor_id", allow_null=True)

    class Meta:
        model = KeyCorrection
        fields = ("id", "version_number", "from_data", "to_data", "actor", "reason", "occurred_at")
        read_only_fields = fields
