"""A learner's own grades on the wire."""

from typing import Any

from rest_framework import serializers

from apps.gradebook.serializers.cells import score_field
from apps.gradebook.serializers.grid import GridFinalGradeSerializer, TotalSerializer


class OwnCellSerializer(serializers.Serializer[Any]):
    """What the learner has in an item."""

    score = score_field(allow_null=True, help_text="What counts.")
    is_excused = serializers.BooleanField(help_text="It counts nothing.")
    is_dropped = serializers.BooleanField(help_text="Among the lowest that its category drops.")
    is_missing = serializers.BooleanField(help_text="Nothing was graded, it is due, and counts zero.")
    late_penalty_percentage = serializers.DecimalField(max_digits=5, decimal_places=2)
    graded_at = serializers.DateTimeField(allow_null=True)
    feedback = serializers.CharField(help_text="Empty: none, or none that may be seen.")


class OwnItemSerializer(serializers.Serializer[Any]):
    """An item, with the learner's own cell."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    assessment = serializers.UUIDField(allow_null=True)
    max_points = score_field()
    is_extra_credit = serializers.BooleanField()
    is_counted = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True)
    grade = OwnCellSerializer(allow_null=True, help_text="Null: nothing was graded, or it is not shown yet.")


class OwnCategorySerializer(serializers.Serializer[Any]):
    """A category, and what the learner has in it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    weight_percentage = serializers.DecimalField(max_digits=5, decimal_places=2)
    drop_lowest = serializers.IntegerField()
    is_extra_credit = serializers.BooleanField()
    percentage = serializers.DecimalField(
        max_digits=7, decimal_places=2, allow_null=True, help_text="Of what is shown; null where totals are not."
    )


class OwnFinalGradeSerializer(GridFinalGradeSerializer):
    """The final grade, once it stands."""

    points = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    max_points = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)


class OwnGradesSerializer(serializers.Serializer[Any]):
    """A learner's own grades in a course."""

    course = serializers.UUIDField()
    items = OwnItemSerializer(many=True)
    categories = OwnCategorySerializer(many=True)
    total = TotalSerializer(allow_null=True, help_text="Of what is shown; null where the course shows no totals.")
    final = OwnFinalGradeSerializer(allow_null=True, help_text="Null until the final grades are frozen.")
