"""Grades, queues and claims on the wire."""

from typing import Any, Final

from rest_framework import serializers

from apps.assessments.models import Assessment, KeyCorrection

MOST_GRADES: Final = 200


def _points(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=10, decimal_places=2, **kwargs)


class GradeSerializer(serializers.Serializer[Any]):
    """What a person says to one answer."""

    question = serializers.UUIDField()
    points = serializers.DecimalField(
        max_digits=8, decimal_places=2, required=False,
        help_text="From 0 to what the question is worth; left out: they stay.",
    )  # fmt: skip
    feedback = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="Asked for where there are points already."
    )


class GradeRowSerializer(serializers.Serializer[Any]):
    """What became of one grade."""

    question = serializers.UUIDField(source="question_id")
    result = serializers.CharField(help_text="`graded`, `unchanged`, or the code of what stood in the way.")
    points = _points(allow_null=True)
    detail = serializers.CharField()


class GradedSerializer(serializers.Serializer[Any]):
    """An attempt after grading. The score is empty while answers wait for a grade."""

    attempt = serializers.UUIDField(source="id")
    version = serializers.IntegerField(help_text="For If-Match.")
    status = serializers.CharField()
    raw_score = _points(allow_null=True)
    score = _points(allow_null=True)
    max_score = _points()
    percentage = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    late_penalty_percentage = serializers.DecimalField(max_digits=5, decimal_places=2)
    feedback = serializers.CharField()
    results = GradeRowSerializer(many=True, required=False)


class FeedbackSerializer(serializers.Serializer[Any]):
    """What a person says to an attempt as a whole."""

    feedback = serializers.CharField(max_length=20_000, allow_blank=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ClaimSerializer(serializers.Serializer[Any]):
    """Who grades an attempt at the moment."""

    attempt = serializers.UUIDField(source="id")
    version = serializers.IntegerField(help_text="For If-Match.")
    claimed_by = serializers.UUIDField(source="claimed_by_id", allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)


class OpenAnswerSerializer(serializers.Serializer[Any]):
    """An answer that waits for a person."""

    attempt = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Of the attempt, for If-Match.")
    user = serializers.UUIDField(allow_null=True, help_text="Empty where grading is anonymous.")
    learner = serializers.CharField(help_text="Their name, or their pseudonym.")
    question = serializers.UUIDField()
    question_type = serializers.CharField()
    question_text = serializers.CharField()
    points = serializers.CharField(help_text="What the question is worth.")
    answer = serializers.JSONField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    claimed_by = serializers.UUIDField(allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)


class QueueQuerySerializer(serializers.Serializer[Any]):
    """How the queue is read."""

    by = serializers.ChoiceField(choices=["question", "learner"], default="question")
    question = serializers.UUIDField(required=False)
    anonymous = serializers.BooleanField(default=False)


class GradeChangeSerializer(serializers.Serializer[Any]):
    """One entry of a grade's history."""

    question = serializers.UUIDField(allow_null=True, help_text="Empty: the attempt as a whole.")
    from_points = _points(allow_null=True)
    to_points = _points(allow_null=True)
    actor = serializers.UUIDField(allow_null=True, help_text="Empty: the key; or you are not to know who.")
    reason = serializers.CharField()
    occurred_at = serializers.DateTimeField()


class ResultsSerializer(serializers.ModelSerializer[Assessment]):
    """Whether the results of an assessment are posted."""

    assessment = serializers.UUIDField(source="id")

    class Meta:
        model = Assessment
        fields = ("assessment", "results_posted_at", "version")
        read_only_fields = fields


class RegradeSerializer(serializers.Serializer[Any]):
    """What to grade anew, and why."""

    dry_run = serializers.BooleanField(default=False, help_text="Change nothing; say what would change.")
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Asked for unless it is a dry run."
    )
    attempts = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=500, required=False, help_text="These only."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["dry_run"] and not attrs["reason"].strip():
            raise serializers.ValidationError({"reason": ["Say why; it goes into each grade's history."]})
        return attrs


class GradeStandingSerializer(serializers.Serializer[Any]):
    """What a grade is."""

    status = serializers.CharField()
    raw_score = _points(allow_null=True)
    score = _points(allow_null=True)
    percentage = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)


class PointsChangeSerializer(serializers.Serializer[Any]):
    """What an answer was worth, and is now."""

    question = serializers.UUIDField(source="question_id")
    from_points = _points(allow_null=True)
    to_points = _points()


class AttemptChangeSerializer(serializers.Serializer[Any]):
    """Who changes, from what to what."""

    attempt = serializers.UUIDField(source="attempt_id")
    user = serializers.UUIDField(source="user_id")
    before = GradeStandingSerializer()
    after = GradeStandingSerializer()
    answers = PointsChangeSerializer(many=True)


class RegradedSerializer(serializers.Serializer[Any]):
    """What a regrade did, or would do."""

    dry_run = serializers.BooleanField(source="is_dry_run")
    attempts = serializers.IntegerField(help_text="How many were looked at.")
    changed = serializers.IntegerField()
    changes = AttemptChangeSerializer(many=True)


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
