"""Grades, queues and claims on the wire."""

from typing import Any, Final

from rest_framework import serializers

from apps.assessments.serializers.fields import points_field
from apps.assessments.serializers.rubrics import (
    CriterionGradeSerializer,
    HandedInFileSerializer,
    PaperRubricSerializer,
)

MOST_GRADES: Final = 200


class GradeSerializer(serializers.Serializer[Any]):
    """What a person says to one answer."""

    question = serializers.UUIDField()
    points = serializers.DecimalField(
        max_digits=8, decimal_places=2, required=False,
        help_text="From 0 to what the question is worth; left out: they follow from the rubric, else they stay.",
    )  # fmt: skip
    rubric = serializers.DictField(
        child=CriterionGradeSerializer(), required=False, help_text="By id of the criterion: all of them."
    )
    feedback = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Asked for where there are points already, or others follow from the rubric.",
    )


class GradeRowSerializer(serializers.Serializer[Any]):
    """What became of one grade."""

    question = serializers.UUIDField(source="question_id")
    result = serializers.CharField(help_text="`graded`, `unchanged`, or the code of what stood in the way.")
    points = points_field(allow_null=True)
    detail = serializers.CharField()


class GradedSerializer(serializers.Serializer[Any]):
    """An attempt after grading. The score is empty while answers wait for a grade."""

    attempt = serializers.UUIDField(source="id")
    version = serializers.IntegerField(help_text="For If-Match.")
    status = serializers.CharField()
    raw_score = points_field(allow_null=True)
    score = points_field(allow_null=True)
    max_score = points_field()
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
    files = HandedInFileSerializer(many=True)
    rubric = PaperRubricSerializer(allow_null=True)
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
    from_points = points_field(allow_null=True)
    to_points = points_field(allow_null=True)
    actor = serializers.UUIDField(allow_null=True, help_text="Empty: the key; or you are not to know who.")
    reason = serializers.CharField()
    rubric = serializers.DictField(
        child=CriterionGradeSerializer(), allow_null=True, help_text="What was said by the rubric, by criterion."
    )
    occurred_at = serializers.DateTimeField()
