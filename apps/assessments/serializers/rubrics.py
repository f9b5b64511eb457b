"""Rubrics on the wire, and what is said by them."""

from typing import Any

from rest_framework import serializers

from apps.assessments.models import Rubric, RubricVersion


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    """A rubric with the criteria of its current version."""

    criteria = serializers.JSONField(
        help_text="1 to 50 objects: `id` (stays), `title`, `description`, `note` (graders only); and `levels` (2 to "
        "20, each `id`, `title`, `description`, `points`), or `max_points`."
    )
    max_points = serializers.DecimalField(max_digits=10, decimal_places=2, read_only=True)

    class Meta:
        model = Rubric
        fields = (
            "id", "title", "description", "criteria", "max_points", "version_number", "is_shared", "is_archived",
            "created_by_id", "version", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("id", "version_number", "created_by_id", "version", "created_at", "updated_at")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a version, which comes with its rubric."""
        rubric: Rubric = instance.rubric
        names = ("title", "description", "version_number", "is_shared", "is_archived", "version")
        return {
            **{name: getattr(rubric, name) for name in names},
            "id": str(rubric.id),
            "criteria": instance.criteria,
            "max_points": f"{instance.max_points:.2f}",
            "created_by_id": rubric.created_by_id and str(rubric.created_by_id),
            "created_at": rubric.created_at,
            "updated_at": rubric.updated_at,
        }


class RubricVersionSerializer(serializers.ModelSerializer[RubricVersion]):
    """A version of a rubric; it never changes."""

    version_number = serializers.IntegerField(source="number")
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = RubricVersion
        fields = ("version_number", "criteria", "max_points", "is_current", "created_by_id", "created_at")
        read_only_fields = fields

    def get_is_current(self, version: RubricVersion) -> bool:
        return version.number == version.rubric.version_number


class RubricUsageSerializer(serializers.Serializer[Any]):
    """A question that names a rubric, or has named it on a paper."""

    question = serializers.UUIDField()
    question_type = serializers.CharField()
    question_text = serializers.CharField(help_text="Empty where you may not read the question.")
    is_current = serializers.BooleanField(help_text="The question names it now.")
    assessment_count = serializers.IntegerField(help_text="The assessments that ask the question.")


class PaperRubricSerializer(serializers.Serializer[Any]):
    """The rubric by which people grade a question on a paper: the version of the start."""

    id = serializers.UUIDField()
    version_number = serializers.IntegerField()
    title = serializers.CharField()
    max_points = serializers.DecimalField(max_digits=10, decimal_places=2)
    criteria = serializers.JSONField(help_text="Notes for graders only.")


class CriterionGradeSerializer(serializers.Serializer[Any]):
    """What a person says to one criterion: `level` where it has levels, `points` where it has none."""

    level = serializers.CharField(max_length=64, required=False, allow_null=True)
    points = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True)
    comment = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class HandedInFileSerializer(serializers.Serializer[Any]):
    """A file that an answer names: this version of it counts. Fetch it from `/files/<file>/download/?version=…`."""

    file = serializers.UUIDField()
    version_number = serializers.IntegerField()
    name = serializers.CharField(help_text="Empty where grading is anonymous.")
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
