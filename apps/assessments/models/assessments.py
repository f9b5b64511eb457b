"""Assessments: what is on them, when they are open, how they are graded and what is shown of it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from apps.assessments.choices import (
    AssessmentStatus,
    AssessmentType,
    CountedAttempt,
    Difficulty,
    GradingMode,
    LatePer,
    ShownWhen,
)
from apps.assessments.models.questions import Question, QuestionCategory
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.courses.models import Course
from apps.users.models import Group, User

PERCENTAGE = [MinValueValidator(0), MaxValueValidator(100)]


class Assessment(TenantModel):
    """A quiz, exam, assignment, practice or survey of a course. The counters are kept by the services."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="assessments")
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=20_000, blank=True)
    assessment_type = models.CharField(max_length=16, choices=AssessmentType.choices, default=AssessmentType.QUIZ)
    status = models.CharField(max_length=16, choices=AssessmentStatus.choices, default=AssessmentStatus.PUBLISHED)
    grading_mode = models.CharField(max_length=16, choices=GradingMode.choices, default=GradingMode.HYBRID)
    opens_at = models.DateTimeField(null=True, blank=True, help_text="No attempt starts before.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="What is submitted later is late.")
    closes_at = models.DateTimeField(null=True, blank=True, help_text="No attempt starts, and none runs on, after.")
    time_limit_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    max_attempts = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    cooldown_minutes = models.PositiveIntegerField(default=0, help_text="Between two attempts.")
    counted_attempt = models.CharField(max_length=16, choices=CountedAttempt.choices, default=CountedAttempt.HIGHEST)
    pass_mark_percentage = models.DecimalField(max_digits=5, decimal_places=2, default=60, validators=PERCENTAGE)
    shuffle_questions = models.BooleanField(default=False)
    shuffle_options = models.BooleanField(default=False)
    show_score = models.CharField(max_length=16, choices=ShownWhen.choices, default=ShownWhen.SUBMITTED)
    show_answers = models.CharField(max_length=16, choices=ShownWhen.choices, default=ShownWhen.NEVER)
    show_feedback = models.CharField(max_length=16, choices=ShownWhen.choices, default=ShownWhen.SUBMITTED)
    results_posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    late_penalty_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=PERCENTAGE, help_text="Of the score, per begun unit."
    )
    late_penalty_per = models.CharField(max_length=8, choices=LatePer.choices, default=LatePer.DAY)
    late_floor_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=PERCENTAGE, help_text="What of the score is always left."
    )
    late_grace_minutes = models.PositiveIntegerField(default=0)
    access_code = models.CharField(max_length=100, blank=True, help_text="Asked for at the start; empty: none.")
    allowed_networks = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, size=50, help_text="CIDR; empty: from everywhere."
    )
    question_count = models.PositiveIntegerField(default=0, editable=False, help_text="On each paper.")
    max_score = models.DecimalField(max_digits=10, decimal_places=2, default=0, editable=False)
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pass_mark_percentage__range=(0, 100)), name="assessments_pass_mark"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="assessments_closes_after_it_opens",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "course", "-created_at", "-id"], name="assessments_of_course"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="assessments_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentItem(TenantModel):
    """One line of an assessment: a fixed question, or a number of questions drawn from the bank for each attempt."""

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="items")
    question = TenantForeignKey(
        Question, on_delete=models.PROTECT, null=True, blank=True, related_name="assessment_items"
    )
    order = models.PositiveIntegerField(default=0)
    points = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, help_text="For each question; empty: its own."
    )
    draw_count = models.PositiveIntegerField(null=True, blank=True, help_text="How many questions are drawn.")
    draw_category = TenantForeignKey(
        QuestionCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    draw_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True, size=30)
    draw_difficulty = models.CharField(max_length=16, choices=Difficulty.choices, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "assessment", "question"],
                condition=models.Q(question__isnull=False),
                name="assessments_item_once",
            ),
            models.CheckConstraint(
                condition=models.Q(question__isnull=False, draw_count__isnull=True)
                | models.Q(question__isnull=True, draw_count__gt=0),
                name="assessments_item_fixed_or_drawn",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "assessment", "order", "id"], name="assessments_item_in_order"),
            models.Index(fields=["tenant", "question"], name="assessments_item_of_question"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.question_id or f'{self.draw_count} drawn'}"


class Accommodation(TenantModel):
    """What a learner, or every member of a group, is granted: kept once, applied in every assessment."""

    user = TenantForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="accommodations")
    group = TenantForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="accommodations")
    assessment = TenantForeignKey(
        Assessment, on_delete=models.CASCADE, null=True, blank=True, related_name="accommodations",
        help_text="Empty: in every assessment.",
    )  # fmt: skip
    extra_time_percentage = models.PositiveIntegerField(default=0, help_text="Of the time limit.")
    extra_attempts = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True, blank=True, help_text="Instead of the assessment's.")
    due_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, group__isnull=True)
                | models.Q(user__isnull=True, group__isnull=False),
                name="assessments_accommodation_for_one",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user", "group", "assessment"], nulls_distinct=False,
                name="assessments_accommodation_once",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["tenant", "group"], name="assessments_granted_to_group")]

    def __str__(self) -> str:
        return f"{self.user_id or self.group_id}: +{self.extra_time_percentage} %"
