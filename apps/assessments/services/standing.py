"""Where a learner stands with an assessment: their own terms, and what they have used of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services.terms import granted_to, terms_of
from apps.users.models import User


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one learner, what they are granted included. Empty: no bound."""

    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    time_limit_seconds: int | None
    max_attempts: int | None
    attempts_used: int
    attempts_left: int | None
    open_attempt: UUID | None


def standing_of(user: User, assessment: Assessment) -> Standing:
    """Return where `user` stands: two statements."""
    terms = terms_of(assessment, granted_to(user, assessment))
    attempts = list(Attempt.objects.filter(assessment_id=assessment.id, user_id=user.id).values_list("id", "status"))
    return Standing(
        opens_at=terms.opens_at,
        due_at=terms.due_at,
        closes_at=terms.closes_at,
        time_limit_seconds=None if terms.time_limit is None else int(terms.time_limit.total_seconds()),
        max_attempts=terms.max_attempts,
        attempts_used=len(attempts),
        attempts_left=None if terms.max_attempts is None else max(0, terms.max_attempts - len(attempts)),
        open_attempt=next((row_id for row_id, status in attempts if status == AttemptStatus.IN_PROGRESS), None),
    )
