"""Scales on the wire."""

from typing import Any, Final

from rest_framework import serializers

from apps.gradebook.models import GradeScale

MOST_BANDS: Final = 50


class GradeBandSerializer(serializers.Serializer[Any]):
    """What holds from a percentage on, up to the band above."""

    label = serializers.CharField(max_length=50)  # type: ignore[assignment]  # DRF's own `label` is another thing
    from_percentage = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    is_passing = serializers.BooleanField()


class GradeScaleSerializer(serializers.ModelSerializer[GradeScale]):
    """A scale of the school."""

    bands = serializers.ListField(
        child=GradeBandSerializer(), min_length=1, max_length=MOST_BANDS, help_text="Best first; the last begins at 0."
    )

    class Meta:
        model = GradeScale
        fields = ("id", "name", "kind", "bands", "created_by_id", "version", "created_at")
        read_only_fields = ("id", "created_by_id", "version", "created_at")
