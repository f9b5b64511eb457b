"""The question bank: what is asked, in versions, filed under categories and tags."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Now

from apps.assessments.choices import Difficulty
from apps.assessments.models.rubrics import Rubric
from apps.core.tenancy.models import TenantForeignKey, TenantModel


class QuestionCategory(TenantModel):
    """A drawer of the bank."""

    name = models.CharField(max_length=100)
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "question categories"
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", Lower("name"), name="assessments_category_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(TenantModel):
    """A question of the bank. What it asks is its current version; papers keep the version that was asked."""

    category = TenantForeignKey(
        QuestionCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="questions"
    )
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True, size=30)
    difficulty = models.CharField(max_length=16, choices=Difficulty.choices, default=Difficulty.MEDIUM)
    is_shared = models.BooleanField(default=False, help_text="Other authors of the school may use it.")
    is_archived = models.BooleanField(default=False, help_text="Out of the bank; papers and assessments keep it.")
    version_number = models.PositiveIntegerField(default=1, help_text="Which of its versions is the current one.")
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Of this row, for its entity tag.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="assessments_question_newest"),
            models.Index(fields=["tenant", "category"], name="assessments_question_in"),
            GinIndex(fields=["tags"], name="assessments_question_tags"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class QuestionVersion(TenantModel):
    """What a question asks and how it is graded. Once it stands on a paper only its key is ever corrected."""

    question = TenantForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    question_type = models.CharField(max_length=32)
    question_text = models.TextField(max_length=20_000, help_text="Markdown.")
    points = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    type_specific_data = models.JSONField(default=dict, help_text="Checked by the module of the type.")
    feedback = models.TextField(max_length=20_000, blank=True, default="", help_text="Shown with the result.")
    worked_solution = models.TextField(max_length=20_000, blank=True, default="")
    hints = ArrayField(models.CharField(max_length=1000), default=list, blank=True, size=10)
    rubric = TenantForeignKey(
        Rubric, on_delete=models.PROTECT, null=True, blank=True, related_name="question_versions",
        help_text="What people grade by; a paper names its version of the moment.",
    )  # fmt: skip
    shows_rubric = models.BooleanField(
        default=False, db_default=False, help_text="Learners see the rubric from the start, not only with the feedback."
    )
    is_used = models.BooleanField(default=False, help_text="It stands on a paper.")
    created_by_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "question", "number"], name="assessments_version_once"),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="assessments_version_points"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "rubric"],
                condition=models.Q(rubric__isnull=False),
                name="assessments_versions_by_rubric",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


class KeyCorrection(TenantModel):
    """The history of a key that was corrected in place: who, when, why, from what to what. Learners never see it."""

    version = TenantForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="corrections")
    from_data = models.JSONField()
    to_data = models.JSONField()
    actor_id = models.UUIDField(null=True, editable=False)
    reason = models.CharField(max_length=500)
    occurred_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "version", "occurred_at", "id"], name="assessments_key_history"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.reason}"
