"""Attempts, saves and journals on the wire."""

from typing import Any

from rest_framework import serializers

from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.models.attempts import LARGEST_SEQUENCE
from apps.assessments.serializers.rubrics import (
    CriterionGradeSerializer,
    HandedInFileSerializer,
    PaperRubricSerializer,
)


class StartSerializer(serializers.Serializer[Any]):
    """What starting an attempt may ask for."""

    access_code = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class AttemptRowSerializer(serializers.ModelSerializer[Attempt]):
    """An attempt in the list: for grading, and for learners their own, its result as far as they may see it."""

    class Meta:
        model = Attempt
        fields = (
            "id", "assessment", "user", "number", "status", "started_at", "deadline_at", "submitted_at",
            "submitted_by", "max_score", "score", "percentage", "is_passed",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Attempt) -> dict[str, Any]:
        row = dict(super().to_representation(instance))
        if not self.context["shown"](instance).score:
            row.update(score=None, percentage=None, is_passed=None)
        return row


class TakeSerializer(serializers.Serializer[Any]):
    """Answers to save, and whether to hand in."""

    answers = serializers.DictField(
        child=serializers.JSONField(allow_null=True), required=False, help_text="By id of the question."
    )
    sequence = serializers.IntegerField(
        min_value=1, max_value=LARGEST_SEQUENCE, required=False,
        help_text="The client's counter of saves: an older save never overwrites a newer one.",
    )  # fmt: skip
    status = serializers.ChoiceField(choices=["in_progress", "submitted"], required=False)


class ReceiptSerializer(serializers.Serializer[Any]):
    """What the server says to a save."""

    sequence = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    saved = serializers.ListField(child=serializers.UUIDField())
    superseded = serializers.ListField(child=serializers.UUIDField())
    entry_index = serializers.IntegerField()
    entry_hash = serializers.CharField()


class SavedSerializer(serializers.Serializer[Any]):
    """What an autosave answers with."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    deadline_at = serializers.DateTimeField(allow_null=True, help_text="Of this moment: who is granted time has more.")
    receipt = ReceiptSerializer()


class SlotSerializer(serializers.Serializer[Any]):
    """A question on a paper."""

    question = serializers.UUIDField()
    question_type = serializers.CharField()
    question_text = serializers.CharField()
    points = serializers.CharField()
    type_specific_data = serializers.JSONField(help_text="What the learner may see: no key.")
    points_given = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True)
    feedback = serializers.CharField(required=False)
    option_feedback = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What the key says to the options chosen."
    )
    rubric = PaperRubricSerializer(required=False, help_text="With the feedback, or from the start.")
    rubric_grade = serializers.DictField(
        child=CriterionGradeSerializer(), required=False, allow_null=True, help_text="What was said by it."
    )
    files = HandedInFileSerializer(many=True, required=False, help_text="Those that the answer names.")
    hints = serializers.ListField(child=serializers.CharField(), required=False, help_text="With the feedback.")
    solution = serializers.JSONField(required=False)
    worked_solution = serializers.CharField(required=False)


class AttemptSerializer(serializers.Serializer[Any]):
    """An attempt with its paper and answers. What of the result is empty is not to be seen, or not yet."""

    id = serializers.UUIDField()
    assessment = serializers.UUIDField()
    user = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.CharField()
    started_at = serializers.DateTimeField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    seconds_left = serializers.IntegerField(allow_null=True, help_text="By the server's clock.")
    due_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = serializers.CharField()
    sequence = serializers.IntegerField()
    max_score = serializers.DecimalField(max_digits=10, decimal_places=2)
    score = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    percentage = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_passed = serializers.BooleanField(allow_null=True)
    late_penalty_percentage = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    feedback = serializers.CharField()
    questions = SlotSerializer(many=True)
    answers = serializers.DictField(child=serializers.JSONField(allow_null=True))
    receipt = ReceiptSerializer(required=False, allow_null=True)


class JournalEntrySerializer(serializers.ModelSerializer[JournalEntry]):
    """An entry of the journal; `content` is the JSON that was hashed, as text."""

    class Meta:
        model = JournalEntry
        fields = ("index", "kind", "content", "occurred_at", "previous_hash", "hash")
        read_only_fields = fields


class JournalVerdictSerializer(serializers.Serializer[Any]):
    """Whether a journal proves what it says."""

    is_intact = serializers.BooleanField()
    length = serializers.IntegerField()
    head = serializers.CharField()
    broken_at = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(allow_null=True)
