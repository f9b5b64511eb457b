"""What happens to assessments and attempts. Payloads carry ids and facts, never answers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AssessmentSaved(Event):
    """An assessment is new, a copy, or changed: its settings, its lines, or what can be reached in it."""

    name: ClassVar[str] = "assessment.saved.v1"
    assessment_id: UUID
    course_id: UUID


@dataclass(frozen=True, kw_only=True)
class AssessmentDeleted(Event):
    """An assessment that nobody had taken is gone."""

    name: ClassVar[str] = "assessment.deleted.v1"
    assessment_id: UUID
    course_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    """A learner has a paper in front of them."""

    name: ClassVar[str] = "attempt.started.v1"
    attempt_id: UUID
    assessment_id: UUID
    course_id: UUID
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttemptDeadlineChanged(Event):
    """A running attempt has other bounds, because its learner was granted more time. Empty: no bound."""

    name: ClassVar[str] = "attempt.deadline_changed.v1"
    attempt_id: UUID
    assessment_id: UUID
    course_id: UUID
    user_id: UUID
    deadline_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AttemptSubmitted(Event):
    """An attempt is handed in, by the learner, by the deadline or by staff."""

    name: ClassVar[str] = "attempt.submitted.v1"
    attempt_id: UUID
    assessment_id: UUID
    course_id: UUID
    user_id: UUID
    submitted_by: str
    submitted_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(Event):
    """An attempt has a score: for the first time, or another one."""

    name: ClassVar[str] = "attempt.graded.v1"
    attempt_id: UUID
    assessment_id: UUID
    course_id: UUID
    user_id: UUID
    score: Decimal
    max_score: Decimal
    is_passed: bool


@dataclass(frozen=True, kw_only=True)
class ResultsPosted(Event):
    """Learners may see what the assessment shows when its results are posted."""

    name: ClassVar[str] = "assessment.results_posted.v1"
    assessment_id: UUID
    course_id: UUID
    posted_at: datetime


@dataclass(frozen=True, kw_only=True)
class ResultsHidden(Event):
    """What was shown because the results were posted is hidden again."""

    name: ClassVar[str] = "assessment.results_hidden.v1"
    assessment_id: UUID
    course_id: UUID
