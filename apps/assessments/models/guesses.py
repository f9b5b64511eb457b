"""Wrong access codes: kept for as long as they count against who typed them."""

from typing import ClassVar

from django.db import models

from apps.assessments.models.assessments import Assessment
from apps.core.tenancy.models import TenantForeignKey, TenantModel
from apps.users.models import User


class AccessCodeGuess(TenantModel):
    """A learner has typed an access code that is not the assessment's. What they typed is not kept."""

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="guesses")
    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="+")
    guessed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "access code guesses"
        indexes: ClassVar = [
            models.Index(fields=["tenant", "assessment", "user", "guessed_at"], name="assessments_guesses_of"),
            models.Index(fields=["tenant", "guessed_at"], name="assessments_guesses_until"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.assessment_id}"
