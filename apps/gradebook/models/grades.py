"""What learners have: a grade per item, the history of it, and the final grade of the course."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.courses.models import Course
from apps.gradebook.choices import ChangeKind
from apps.gradebook.models.setup import GradeItem
from apps.users.models import User


class Grade(TenantModel):
    """One learner's cell in one column. No row: nothing has been graded.

    `score` is the assessment's, scaled to the item's points and after its late penalty; `override` is a person's and
    counts instead. An excused cell counts nothing, whatever stands in it.
    """

    item = TenantForeignKey(GradeItem, on_delete=models.CASCADE, related_name="grades")
    user = TenantForeignKey(User, on_delete=models.PROTECT, related_name="grades")
    score = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    override = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    is_excused = models.BooleanField(default=False)
    late_penalty_percentage = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    attempt_id = models.UUIDField(null=True, help_text="The attempt that counts; empty: none, or the mean of several.")
    feedback = models.TextField(max_length=20_000, blank=True, default="")
    graded_by_id = models.UUIDField(null=True, help_text="Empty: by the assessment.")
    graded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "item", "user"], name="gradebook_grade_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "user", "item"], name="gradebook_grades_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.item_id}: {self.effective_score}"

    @property
    def effective_score(self) -> Decimal | None:
        """The score that counts; None where nothing does."""
        if self.is_excused:
            return None
        return self.score if self.override is None else self.override


class GradebookChange(TenantModel):
    """The history of a gradebook: written once, never changed. Without an item it is about the final grade."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    item = TenantForeignKey(GradeItem, on_delete=models.CASCADE, null=True, related_name="changes")
    user = TenantForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24, choices=ChangeKind.choices)
    from_score = models.DecimalField(max_digits=10, decimal_places=2, null=True, help_text="What counted before.")
    to_score = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    actor_id = models.UUIDField(null=True, help_text="Empty: the assessment.")
    reason = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "course", "-occurred_at", "-id"], name="gradebook_changes_newest"),
            models.Index(fields=["tenant", "item", "user", "-occurred_at"], name="gradebook_changes_of_cell"),
            models.Index(fields=["tenant", "user", "-occurred_at"], name="gradebook_changes_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.from_score} → {self.to_score}"


class FinalGrade(TenantModel):
    """A learner's final grade in a course: computed when the gradebook is frozen, or given by a person before.

    `override_percentage` counts instead of `percentage`. `label` is of the scale that held when it was frozen. The
    grade stands when `frozen_at` is the gradebook's own: while a freeze is at work its rows say the moment already,
    the gradebook does not, and a freeze that broke off leaves rows whose moment never came.
    """

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="final_grades")
    user = TenantForeignKey(User, on_delete=models.PROTECT, related_name="final_grades")
    points = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    max_points = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    percentage = models.DecimalField(max_digits=7, decimal_places=2, null=True, help_text="Empty: nothing was graded.")
    override_percentage = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    label = models.CharField(max_length=50, blank=True, default="")
    is_passed = models.BooleanField(null=True)
    frozen_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course", "user"], name="gradebook_final_grade_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "user"], name="gradebook_finals_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}: {self.effective_percentage}"

    @property
    def effective_percentage(self) -> Decimal | None:
        """What counts: a person's word, else what was computed."""
        return self.percentage if self.override_percentage is None else self.override_percentage
