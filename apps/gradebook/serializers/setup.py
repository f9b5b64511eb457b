"""How a course counts, on the wire."""

from typing import Any

from rest_framework import serializers

from apps.gradebook.models import Gradebook, GradeCategory


class SetupWarningSerializer(serializers.Serializer[Any]):
    """Something that is allowed, and may not be what you want."""

    code = serializers.CharField(help_text="weights_above_100, weights_below_100 or items_without_weight.")
    detail = serializers.CharField()


class GradebookSerializer(serializers.ModelSerializer[Gradebook]):
    """The settings of a course's gradebook."""

    scale = serializers.UUIDField(
        source="scale_id", required=False, allow_null=True, help_text="A scale of the school; empty: per cent alone."
    )
    weights_sum = serializers.DecimalField(
        max_digits=7, decimal_places=2, read_only=True, help_text="Of the categories, extra credit left out."
    )
    warnings = SetupWarningSerializer(many=True, read_only=True)

    class Meta:
        model = Gradebook
        fields = (
            "course", "scale", "calculation", "missing_work", "is_total_shown", "frozen_at", "weights_sum", "warnings",
            "version",
        )  # fmt: skip
        read_only_fields = ("course", "frozen_at", "version")


class GradeCategoryRowSerializer(serializers.ModelSerializer[GradeCategory]):
    """A category of a gradebook."""

    class Meta:
        model = GradeCategory
        fields = ("id", "course", "name", "weight_percentage", "drop_lowest", "is_extra_credit", "order", "version")
        read_only_fields = ("id", "course", "version")


class GradeCategorySerializer(GradeCategoryRowSerializer):
    """A category of a gradebook, and what may be wrong with all weights together."""

    warnings = SetupWarningSerializer(many=True, read_only=True)

    class Meta(GradeCategoryRowSerializer.Meta):
        fields = (*GradeCategoryRowSerializer.Meta.fields, "warnings")  # type: ignore[assignment]
