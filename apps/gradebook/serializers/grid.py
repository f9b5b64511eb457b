"""A window of the gradebook on the wire."""

from typing import Any, Final

from rest_framework import serializers

from apps.enrollments.choices import EnrollmentStatus
from apps.gradebook.serializers.cells import score_field

LARGEST_PAGE: Final = 1_000_000
WINDOW: Final = 50
LARGEST_WINDOW: Final = 100
LONGEST_SEARCH: Final = 200


class GridQuerySerializer(serializers.Serializer[Any]):
    """Which window is wanted."""

    page = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=1, help_text="Of the learners.")
    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_WINDOW, default=WINDOW)
    item_page = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=1, help_text="Of the items.")
    item_page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_WINDOW, default=WINDOW)
    q = serializers.CharField(
        max_length=LONGEST_SEARCH, required=False, allow_blank=True,
        help_text="Part of the learner's name or address.",
    )  # fmt: skip
    group = serializers.UUIDField(required=False, help_text="Members of this group.")
    category = serializers.UUIDField(required=False, help_text="Items of this category; totals stay the course's.")
    status = serializers.ChoiceField(
        choices=EnrollmentStatus.choices, required=False,
        help_text="Of the enrolment. Left out: who may open the course, so active and completed.",
    )  # fmt: skip


class GridItemSerializer(serializers.Serializer[Any]):
    """A column."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    assessment = serializers.UUIDField(allow_null=True, help_text="Empty: people give the scores.")
    max_points = score_field()
    is_extra_credit = serializers.BooleanField()
    is_counted = serializers.BooleanField()
    is_hidden = serializers.BooleanField(help_text="From learners, until it is posted.")
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class GridCellSerializer(serializers.Serializer[Any]):
    """A learner's cell in a column."""

    score = score_field(allow_null=True, help_text="What counts.")
    assessment_score = score_field(allow_null=True, help_text="The assessment's, in points of the item.")
    override = score_field(allow_null=True, help_text="A person's, which counts instead.")
    is_excused = serializers.BooleanField(help_text="It counts nothing, whatever stands in it.")
    is_dropped = serializers.BooleanField(help_text="Among the lowest that its category drops.")
    is_missing = serializers.BooleanField(help_text="Nothing stands in it, it is due, and counts zero.")
    late_penalty_percentage = serializers.DecimalField(max_digits=5, decimal_places=2)
    graded_at = serializers.DateTimeField(allow_null=True)
    has_feedback = serializers.BooleanField()
    version = serializers.IntegerField(help_text="For `If-Match`; 0: nothing was ever graded.")


class TotalSerializer(serializers.Serializer[Any]):
    """What the cells come to. Null: nothing counts yet, or the course has no scale."""

    points = serializers.DecimalField(max_digits=16, decimal_places=2, help_text="Of what counts and is not dropped.")
    max_points = serializers.DecimalField(max_digits=16, decimal_places=2)
    percentage = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    label = serializers.CharField(  # type: ignore[assignment]  # a field of that name
        help_text="On the scale of the course; empty: none."
    )
    is_passed = serializers.BooleanField(allow_null=True)


class GridFinalGradeSerializer(serializers.Serializer[Any]):
    """The final grade, frozen or given by a person."""

    percentage = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    is_overridden = serializers.BooleanField(help_text="A person gave it.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    is_passed = serializers.BooleanField(allow_null=True)
    frozen_at = serializers.DateTimeField(allow_null=True, help_text="Empty: it does not stand yet.")


class GridUserSerializer(serializers.Serializer[Any]):
    """A learner."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()


class GridRowSerializer(serializers.Serializer[Any]):
    """A learner's row; `cells` are aligned with the window's `items`."""

    user = GridUserSerializer()
    enrollment_status = serializers.ChoiceField(choices=EnrollmentStatus.choices)
    final = GridFinalGradeSerializer(allow_null=True)
    cells = GridCellSerializer(many=True, help_text="Null where nothing was graded and nothing is missing.")
    total = TotalSerializer(help_text="Over all items of the course, in the window or not.")


class GridSerializer(serializers.Serializer[Any]):
    """A window of the gradebook: a page of learners, a page of items."""

    count = serializers.IntegerField(help_text="Learners in all.")
    next = serializers.URLField(allow_null=True, help_text="The next learners.")
    previous = serializers.URLField(allow_null=True)
    item_count = serializers.IntegerField(help_text="Items in all.")
    item_page = serializers.IntegerField()
    item_page_size = serializers.IntegerField()
    item_next = serializers.URLField(allow_null=True, help_text="The next items of the same learners.")
    item_previous = serializers.URLField(allow_null=True)
    items = GridItemSerializer(many=True)
    results = GridRowSerializer(many=True)
