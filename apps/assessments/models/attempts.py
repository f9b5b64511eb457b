"""Attempts: the frozen paper, the answers as last saved, the journal that proves them, and the grades."""

from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Now

from apps.assessments.choices import AttemptStatus, JournalKind, SubmittedBy
from apps.assessments.models.assessments import Assessment
from apps.assessments.models.questions import QuestionVersion
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.enrollments.models import Enrollment
from apps.users.models import User

# What a client in JavaScript can count to.
LARGEST_SEQUENCE: Final = 2**53


class Attempt(TenantModel):
    """One learner's attempt. Clock, order and questions are the server's from the first second.

    `paper` is what the learner sees: a list of slots in order, each `{"question", "version", "question_type",
    "question_text", "points", "type_specific_data"}`, the last without anything that reveals a solution. Solutions
    stay in the question versions that it names. Where people grade by a rubric the slot says so: `{"rubric",
    "shows_rubric"}`, the id of its version at the start, and whether the learner sees it from then on.
    """

    assessment = TenantForeignKey(Assessment, on_delete=models.PROTECT, related_name="attempts")
    enrollment = TenantForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    user = TenantForeignKey(User, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=AttemptStatus.choices, default=AttemptStatus.IN_PROGRESS)
    seed = models.BigIntegerField(help_text="What order and drawn questions follow from.")
    paper = models.JSONField()
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, help_text="The server submits then; empty: no deadline.")
    due_at = models.DateTimeField(null=True, help_text="Later is late, accommodations included; empty: never.")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=16, choices=SubmittedBy.choices, blank=True, default="")
    sequence = models.PositiveBigIntegerField(default=0, help_text="The highest that the client has sent.")
    journal_length = models.PositiveIntegerField(default=0)
    journal_head = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the last entry.")
    raw_score = models.DecimalField(max_digits=10, decimal_places=2, null=True, help_text="Before a late penalty.")
    score = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    max_score = models.DecimalField(max_digits=10, decimal_places=2)
    percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_passed = models.BooleanField(null=True)
    late_penalty_percentage = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    feedback = models.TextField(max_length=20_000, blank=True, default="")
    graded_by_id = models.UUIDField(null=True, help_text="Empty: by the key alone.")
    graded_at = models.DateTimeField(null=True)
    claimed_by_id = models.UUIDField(null=True, help_text="Who grades it at the moment, until the claim ends.")
    claimed_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "assessment", "user"],
                condition=models.Q(status=AttemptStatus.IN_PROGRESS),
                name="assessments_one_open_attempt",
            ),
            models.UniqueConstraint(
                fields=["tenant", "assessment", "user", "number"], name="assessments_attempt_number"
            ),
            models.CheckConstraint(
                condition=models.Q(status=AttemptStatus.IN_PROGRESS) | models.Q(submitted_at__isnull=False),
                name="assessments_submitted_at",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=AttemptStatus.values), name="assessments_attempt_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=AttemptStatus.GRADED) | models.Q(score__isnull=False),
                name="assessments_graded_has_score",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "assessment", "-started_at", "-id"], name="assessments_attempts_of"),
            models.Index(fields=["tenant", "user", "-started_at", "-id"], name="assessments_attempts_by"),
            models.Index(fields=["tenant", "enrollment"], name="assessments_attempts_in"),
            models.Index(
                fields=["tenant", "deadline_at"],
                condition=models.Q(status=AttemptStatus.IN_PROGRESS),
                name="assessments_attempt_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.assessment_id}, attempt {self.number}"


class AttemptAnswer(TenantModel):
    """The answer to one question of a paper as last saved, and what it is worth."""

    attempt = TenantForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_id = models.UUIDField(help_text="Of the question; the paper names its version.")
    version = TenantForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField(null=True)
    sequence = models.PositiveBigIntegerField(help_text="Of the save that brought it; older ones do not overwrite it.")
    saved_at = models.DateTimeField()
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True, help_text="Empty: not graded yet.")
    is_overridden = models.BooleanField(default=False, help_text="A person set the points; a regrade keeps them.")
    feedback = models.TextField(max_length=20_000, blank=True, default="")
    rubric = models.JSONField(null=True, help_text="What a person said by the rubric: by criterion.")
    graded_by_id = models.UUIDField(null=True)
    graded_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "attempt", "question_id"], name="assessments_answer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "version"], name="assessments_answers_to")]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.question_id}"


class JournalEntry(TenantModel):
    """One thing that happened to an attempt: written once, never changed, chained by its hash to the one before."""

    attempt = TenantForeignKey(Attempt, on_delete=models.CASCADE, related_name="journal")
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=JournalKind.choices)
    content = models.TextField(help_text="Canonical JSON: what was hashed, to the byte.")
    occurred_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "journal entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "attempt", "index"], name="assessments_journal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} #{self.index}"


class GradeChange(TenantModel):
    """The history of a grade: who, when, why, from what to what."""

    attempt = TenantForeignKey(Attempt, on_delete=models.CASCADE, related_name="grade_changes")
    question_id = models.UUIDField(null=True, help_text="Empty: the attempt as a whole.")
    from_points = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    to_points = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    rubric = models.JSONField(null=True, help_text="What was said by the rubric with it: by criterion.")
    actor_id = models.UUIDField(null=True, help_text="Empty: the key.")
    reason = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "attempt", "occurred_at", "id"], name="assessments_grade_history"),
        ]

    def __str__(self) -> str:
        return f"{self.from_points} → {self.to_points}"
