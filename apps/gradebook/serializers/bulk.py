"""Many cells at once, on the wire."""

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from apps.core.choices import JobRowState
from apps.gradebook.serializers.cells import LARGEST_VERSION, LONGEST_REASON, CellFieldsSerializer

MOST_CHANGES: Final = 5_000


class BulkChangeSerializer(CellFieldsSerializer):
    """A change of one of the cells."""

    item = serializers.UUIDField()
    user = serializers.UUIDField(help_text="The learner.")
    version = serializers.IntegerField(
        min_value=0, max_value=LARGEST_VERSION, required=False,
        help_text="Of the cell as you saw it (0: empty). When it is another one by now, the row fails.",
    )  # fmt: skip


class BulkEditSerializer(serializers.Serializer[Any]):
    """Changes of different cells of one course."""

    changes = BulkChangeSerializer(many=True, allow_empty=False, max_length=MOST_CHANGES)  # type: ignore[call-arg]  # the list takes it
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, default="",
        help_text="Asked for where scores that are there change.",
    )  # fmt: skip
    dry_run = serializers.BooleanField(default=False, help_text="Show what would change, and change nothing.")

    def validate_changes(self, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seen: set[tuple[UUID, UUID]] = set()
        errors: list[dict[str, Any]] = []
        for change in changes:
            cell = (change["item"], change["user"])
            is_repeated = cell in seen
            seen.add(cell)
            message = serializers.ErrorDetail("This cell is named twice.", code="duplicate")
            errors.append({"": [message]} if is_repeated else {})
        if any(errors):
            raise serializers.ValidationError(errors)
        return changes


class ChangeErrorSerializer(serializers.Serializer[Any]):
    """What stands in the way of one change."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class PreviewRowSerializer(serializers.Serializer[Any]):
    """What one change would do, as a row of the job tells what it did."""

    index = serializers.IntegerField(help_text="Which change, from 0.")
    state = serializers.ChoiceField(choices=JobRowState.choices, help_text="What would become of it.")
    reference = serializers.DictField(help_text="The cell: `item`, `user`.")
    error = ChangeErrorSerializer(allow_null=True)
    data = serializers.DictField(  # type: ignore[assignment]  # a field
        help_text="`from` and `to`: `score` and `is_excused` of the cell; `total_from` and `total_to`: the learner's "
        "course total in per cent, before and after all of the changes."
    )


class BulkPreviewSerializer(serializers.Serializer[Any]):
    """What a bulk edit would do."""

    done = serializers.IntegerField(help_text="How many cells would change.")
    unchanged = serializers.IntegerField()
    failed = serializers.IntegerField()
    rows = PreviewRowSerializer(many=True)
