"""What an export is to be, on the wire."""

from typing import Any

from rest_framework import serializers

from apps.enrollments.choices import EnrollmentStatus


class ExportSerializer(serializers.Serializer[Any]):
    """What the file is to be, and who is to be in it."""

    format = serializers.ChoiceField(choices=["csv", "xlsx"], default="csv")
    status = serializers.ChoiceField(
        choices=EnrollmentStatus.choices, required=False,
        help_text="Learners with this status; left out: active and completed.",
    )  # fmt: skip
