"""Hints on the wire."""

from typing import Any

from rest_framework import serializers


class HintWantedSerializer(serializers.Serializer[Any]):
    """Which question the learner wants a hint for."""

    question = serializers.UUIDField()


class QuestionHintsSerializer(serializers.Serializer[Any]):
    """What has been shown of a question's hints, and how many are left."""

    question = serializers.UUIDField()
    hints = serializers.ListField(child=serializers.CharField(), help_text="In the order in which they were shown.")
    left = serializers.IntegerField()


class AttemptHintsSerializer(serializers.Serializer[Any]):
    """The hints of an attempt."""

    attempt = serializers.UUIDField()
    questions = QuestionHintsSerializer(many=True, help_text="In the order of the paper.")
