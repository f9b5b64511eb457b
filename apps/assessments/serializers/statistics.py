"""Statistics on the wire: numbers as they are computed, null where nothing is defined."""

from typing import Any

from rest_framework import serializers

from apps.assessments.selectors import ALL, FIRST, LAST


def _number(help_text: str, **kwargs: Any) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text, **kwargs)


class StatisticsQuerySerializer(serializers.Serializer[Any]):
    """Which attempts count."""

    attempts = serializers.ChoiceField(
        choices=[FIRST, LAST, ALL], default=FIRST, help_text="Of each learner, among the graded ones."
    )


class ResponseStatisticsSerializer(serializers.Serializer[Any]):
    """One way to answer."""

    response = serializers.CharField()
    count = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of those who were asked.")
    is_right = serializers.BooleanField(allow_null=True, help_text="Null: in between, or not known.")
    discrimination = _number("Point-biserial, with the rest of the paper.")


class QuestionStatisticsSerializer(serializers.Serializer[Any]):
    """One version of a question."""

    question = serializers.UUIDField(source="version.question_id")
    version_number = serializers.IntegerField(source="version.number")
    question_type = serializers.CharField(source="version.question_type")
    question_text = serializers.CharField(source="version.question_text")
    asked = serializers.IntegerField(source="item.asked")
    answered = serializers.IntegerField(source="item.answered")
    difficulty = _number("Mean fraction of the points; high is easy.", source="item.difficulty")
    discrimination = _number("Corrected item-total correlation.", source="item.discrimination")
    median_seconds = _number("As far as the saves tell: those of this question alone.")
    responses = ResponseStatisticsSerializer(many=True, source="item.responses")
    flags = serializers.ListField(
        child=serializers.ChoiceField(
            choices=["wrong_option_beats_key", "negative_discrimination", "too_hard", "too_easy"]
        ),
        source="item.flags",
    )


class AssessmentStatisticsSerializer(serializers.Serializer[Any]):
    """An assessment: its scores, in points before late penalties, and its questions."""

    n = serializers.IntegerField(source="scores.n", help_text="Attempts that count.")
    mean = serializers.FloatField(source="scores.mean", allow_null=True)
    standard_deviation = serializers.FloatField(
        source="scores.standard_deviation", allow_null=True, help_text="Of the sample (n - 1)."
    )
    median = serializers.FloatField(source="scores.median", allow_null=True)
    minimum = serializers.FloatField(source="scores.minimum", allow_null=True)
    maximum = serializers.FloatField(source="scores.maximum", allow_null=True)
    cronbach_alpha = serializers.FloatField(
        source="scores.cronbach_alpha", allow_null=True, help_text="Null where papers differ in their questions."
    )
    standard_error_of_measurement = serializers.FloatField(
        source="scores.standard_error_of_measurement", allow_null=True
    )
    median_seconds = _number("From start to submission.")
    questions = QuestionStatisticsSerializer(many=True)
