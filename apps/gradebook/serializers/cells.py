"""Cells and their history on the wire."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from rest_framework import serializers

from apps.gradebook.choices import ChangeKind
from apps.gradebook.models import Grade

LONGEST_FEEDBACK: Final = 20_000
LONGEST_REASON: Final = 500
LARGEST_VERSION: Final = 2**31 - 1
CHANGEABLE: Final = ("score", "is_excused", "feedback")


def score_field(**kwargs: Any) -> serializers.DecimalField:
    """Return a field for a score in hundredths of a point: more than the item is worth is a bonus."""
    return serializers.DecimalField(max_digits=10, decimal_places=2, **kwargs)


class CellFieldsSerializer(serializers.Serializer[Any]):
    """What may be changed of a cell; what is left out stays."""

    score = score_field(
        min_value=Decimal(0), required=False, allow_null=True,
        help_text="A score of yours: it counts instead of the assessment's. Null takes it back.",
    )  # fmt: skip
    is_excused = serializers.BooleanField(required=False, help_text="An excused cell counts nothing.")
    feedback = serializers.CharField(max_length=LONGEST_FEEDBACK, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_something(attrs)
        return attrs


def require_something(attrs: Mapping[str, Any]) -> None:
    """Refuse a change that changes nothing."""
    if not any(name in attrs for name in CHANGEABLE):
        message = "Give a score, is_excused, feedback, or several of these."
        raise serializers.ValidationError(message, code="nothing_given")


class CellChangeSerializer(CellFieldsSerializer):
    """A change of one cell."""

    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, default="",
        help_text="Asked for where a score that is there changes.",
    )  # fmt: skip


class CellSerializer(serializers.ModelSerializer[Grade]):
    """A cell, as staff see it."""

    score = score_field(source="effective_score", allow_null=True, read_only=True, help_text="What counts.")
    assessment_score = score_field(
        source="score", allow_null=True, read_only=True, help_text="The assessment's, in points of the item."
    )
    override = score_field(allow_null=True, read_only=True, help_text="A person's, which counts instead.")
    attempt = serializers.UUIDField(source="attempt_id", allow_null=True, read_only=True)
    graded_by = serializers.UUIDField(
        source="graded_by_id", allow_null=True, read_only=True, help_text="Empty: by the assessment, or not graded."
    )
    graded_at = serializers.DateTimeField(allow_null=True, read_only=True)

    class Meta:
        model = Grade
        fields = (
            "item", "user", "score", "assessment_score", "override", "is_excused", "late_penalty_percentage",
            "attempt", "feedback", "graded_by", "graded_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class HistoryQuerySerializer(serializers.Serializer[Any]):
    """Which entries of the history are wanted."""

    item = serializers.UUIDField(required=False)
    user = serializers.UUIDField(required=False, help_text="A learner.")
    kind = serializers.ChoiceField(choices=ChangeKind.choices, required=False)


class GradebookChangeSerializer(serializers.Serializer[Any]):
    """An entry of the history."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(allow_null=True, help_text="Empty: it is about final grades.")
    item_title = serializers.CharField()
    user = serializers.UUIDField(allow_null=True, help_text="Empty: it is about the gradebook as a whole.")
    user_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    from_score = score_field(allow_null=True, help_text="Points; per cent where it is about a final grade.")
    to_score = score_field(allow_null=True)
    actor = serializers.UUIDField(allow_null=True, help_text="Empty: the assessment.")
    reason = serializers.CharField()
    occurred_at = serializers.DateTimeField()
