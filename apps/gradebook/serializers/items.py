"""The items of a gradebook on the wire."""

from typing import Any, Final

from rest_framework import serializers

from apps.gradebook.models import GradeItem

MOST_IDS: Final = 5000


class GradeItemSerializer(serializers.ModelSerializer[GradeItem]):
    """A column of the gradebook."""

    category = serializers.UUIDField(
        source="category_id", required=False, allow_null=True, help_text="A category of the same course."
    )

    class Meta:
        model = GradeItem
        fields = (
            "id", "course", "category", "assessment", "title", "max_points", "is_counted", "is_extra_credit",
            "is_hidden", "due_at", "order", "version", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "course", "assessment", "version", "created_at")


class GradeItemOrderSerializer(serializers.Serializer[Any]):
    """All items of the course, each once, in the wanted order."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_IDS)
