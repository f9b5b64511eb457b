"""Files that are answers: which content of which file an attempt hands in."""

from typing import ClassVar

from django.db import models

from apps.assessments.models.attempts import Attempt
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.files.models import File


class AttemptFile(TenantModel):
    """A file that an answer names. What is handed in is this version of it, whatever becomes of the file."""

    attempt = TenantForeignKey(Attempt, on_delete=models.CASCADE, related_name="files")
    question_id = models.UUIDField(help_text="Of the question that the file answers.")
    file = TenantForeignKey(File, on_delete=models.PROTECT, related_name="+")
    version_number = models.PositiveIntegerField(help_text="The version of the file that counts.")

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "attempt", "question_id", "file"], name="assessments_attempt_file_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "file"], name="assessments_attempts_with_file")]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.file_id} v{self.version_number}"
