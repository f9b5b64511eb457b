"""Final grades on the wire."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.enrollments.choices import EnrollmentStatus
from apps.gradebook.serializers.cells import LONGEST_REASON


def _percentage(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True, **kwargs)


def _points(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True, **kwargs)


class FinalGradeSerializer(serializers.Serializer[Any]):
    """A learner's final grade. But for the override it is empty until the gradebook is frozen."""

    user = serializers.UUIDField()
    user_name = serializers.CharField()
    email = serializers.EmailField()
    enrollment_status = serializers.ChoiceField(choices=EnrollmentStatus.choices)
    points = _points()
    max_points = _points()
    percentage = _percentage(help_text="As computed.")
    override_percentage = _percentage(help_text="As a person gave it: it counts instead.")
    final_percentage = _percentage(help_text="What counts.")
    label = serializers.CharField(  # type: ignore[assignment]  # a field, called as on the wire
        help_text="Of what counts, by the scale that held when it was frozen."
    )
    is_passed = serializers.BooleanField(allow_null=True, help_text="By that scale; empty: there was none.")
    frozen_at = serializers.DateTimeField(allow_null=True, help_text="Empty: it does not stand.")
    version = serializers.IntegerField(help_text="For If-Match; 0: there is nothing yet.")


class FinalGradeChangeSerializer(serializers.Serializer[Any]):
    """A final grade that a person gives."""

    override_percentage = _percentage(min_value=Decimal(0), help_text="Null: the computed one is to count.")
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class FinalGradesQuerySerializer(serializers.Serializer[Any]):
    """Whose final grades are wanted."""

    status = serializers.ChoiceField(
        choices=EnrollmentStatus.choices, required=False,
        help_text="Learners with this status; left out: active and completed.",
    )  # fmt: skip


class UnfreezeSerializer(serializers.Serializer[Any]):
    """Why final grades are opened again."""

    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class UnfrozenSerializer(serializers.Serializer[Any]):
    """A gradebook that is open again."""

    course = serializers.UUIDField(source="course_id")
    frozen_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Of the gradebook.")
