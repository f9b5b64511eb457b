"""How a course counts: its gradebook, the categories and items, and the scales that turn per cent into letters."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from apps.assessments.models import Assessment
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.courses.models import Course
from apps.gradebook.choices import Calculation, MissingWork, ScaleKind

PERCENTAGE = [MinValueValidator(0), MaxValueValidator(100)]


class GradeScale(TenantModel):
    """A scale of the school, to be used by any of its courses.

    `bands` is a list of `{"label", "from_percentage", "is_passing"}`, best first, the last from 0; `from_percentage` is
    a decimal as text.
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=ScaleKind.choices, default=ScaleKind.LETTER)
    bands = models.JSONField()
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="gradebook_scale_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Gradebook(TenantModel):
    """What holds for a course as a whole. A course without a row has the defaults; the first change writes one."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="gradebooks")
    scale = TenantForeignKey(
        GradeScale, on_delete=models.PROTECT, null=True, blank=True, related_name="gradebooks",
        help_text="Empty: per cent alone.",
    )  # fmt: skip
    calculation = models.CharField(max_length=16, choices=Calculation.choices, default=Calculation.POINTS)
    missing_work = models.CharField(max_length=16, choices=MissingWork.choices, default=MissingWork.EXCLUDED)
    is_total_shown = models.BooleanField(default=True, help_text="Learners see their total so far.")
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Final grades stand since then.")
    frozen_by_id = models.UUIDField(null=True, editable=False)
    freezing_at = models.DateTimeField(
        null=True, editable=False, help_text="The moment as of which the final grades are being computed."
    )
    freeze_job_id = models.UUIDField(null=True, editable=False, help_text="The job that freezes, or has frozen.")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course"], name="gradebook_once_per_course"),
            models.CheckConstraint(
                condition=models.Q(calculation__in=Calculation.values), name="gradebook_calculation_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Gradebook of {self.course_id}"


class GradeCategory(TenantModel):
    """Items that count together, with their weight in a weighted gradebook."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="grade_categories")
    name = models.CharField(max_length=100)
    weight_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=PERCENTAGE, help_text="Of the total, when it is weighted."
    )
    drop_lowest = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(100)], help_text="How many items count nothing: one is always kept."
    )
    is_extra_credit = models.BooleanField(default=False, help_text="Its weight comes on top of the others'.")
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "grade categories"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course", "name"], name="gradebook_category_name_once"),
            models.CheckConstraint(
                condition=models.Q(weight_percentage__range=(0, 100)), name="gradebook_category_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GradeItem(TenantModel):
    """A column of the gradebook: an assessment's scores, or, without an assessment, what people give."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="grade_items")
    category = TenantForeignKey(GradeCategory, on_delete=models.SET_NULL, null=True, blank=True, related_name="items")
    assessment = TenantForeignKey(
        Assessment, on_delete=models.SET_NULL, null=True, blank=True, related_name="grade_items", editable=False
    )
    title = models.CharField(max_length=200)
    max_points = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    is_counted = models.BooleanField(default=True, help_text="No: it is shown and counts nothing.")
    is_extra_credit = models.BooleanField(default=False, help_text="Its points come on top of the possible ones.")
    is_hidden = models.BooleanField(default=False, help_text="From learners, until it is posted.")
    due_at = models.DateTimeField(null=True, blank=True)
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "assessment"],
                condition=models.Q(assessment__isnull=False),
                name="gradebook_item_once_per_assessment",
            ),
            models.CheckConstraint(condition=models.Q(max_points__gte=0), name="gradebook_item_max_points"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "course", "order", "id"], name="gradebook_items_in_order"),
            models.Index(fields=["tenant", "category"], name="gradebook_items_of_category"),
        ]

    def __str__(self) -> str:
        return self.title
