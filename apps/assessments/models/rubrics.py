"""Rubrics: what a person looks at in an answer, and what each level of it is worth; in versions."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.core.tenancy.models import TenantForeignKey, TenantModel


class Rubric(TenantModel):
    """A rubric, for any number of questions. Its criteria are those of its current version."""

    title = models.CharField(max_length=200)
    description = models.TextField(max_length=5_000, blank=True, default="", help_text="For authors and graders.")
    is_shared = models.BooleanField(default=False, help_text="Other authors of the school may use it.")
    is_archived = models.BooleanField(default=False, help_text="For no new question; those that have it keep it.")
    version_number = models.PositiveIntegerField(default=1, help_text="Which of its versions is the current one.")
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Of this row, for its entity tag.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="assessments_rubric_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class RubricVersion(TenantModel):
    """The criteria of a rubric; never changed: papers name the version by which their answers are graded.

    `criteria` is a list of `{"id", "title", "description", "note"}`, each with `levels`, a list of `{"id", "title",
    "description", "points"}`, or with `max_points`. Points are decimals as text.
    """

    rubric = TenantForeignKey(Rubric, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField()
    max_points = models.DecimalField(max_digits=10, decimal_places=2, help_text="Of all criteria together.")
    created_by_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "rubric", "number"], name="assessments_rubric_version_once"),
            models.CheckConstraint(condition=models.Q(max_points__gt=0), name="assessments_rubric_points"),
        ]

    def __str__(self) -> str:
        return f"{self.rubric_id} v{self.number}"
