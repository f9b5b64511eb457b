"""What a learner may see of a result, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.assessments.choices import AttemptStatus, ShownWhen
from apps.assessments.models import Assessment, Attempt


@dataclass(frozen=True, slots=True)
class Shown:
    """Which parts of a result may be seen."""

    score: bool
    answers: bool
    feedback: bool
    notes: bool = False  # what is for graders only


EVERYTHING: Final = Shown(score=True, answers=True, feedback=True, notes=True)


def shown_to_learner(attempt: Attempt, *, now: datetime) -> Shown:
    """Return what the learner whose attempt it is may see now; nothing before it is graded."""
    if attempt.status != AttemptStatus.GRADED:
        return Shown(score=False, answers=False, feedback=False)
    assessment = attempt.assessment
    return Shown(
        score=_is_time(assessment, assessment.show_score, now),
        answers=_is_time(assessment, assessment.show_answers, now),
        feedback=_is_time(assessment, assessment.show_feedback, now),
    )


def _is_time(assessment: Assessment, when: str, now: datetime) -> bool:
    return is_shown(when, closes_at=assessment.closes_at, results_posted_at=assessment.results_posted_at, now=now)


def is_shown(when: str, *, closes_at: datetime | None, results_posted_at: datetime | None, now: datetime) -> bool:
    """Return whether a part of graded results may be seen now.

    Args:
        when: one of `ShownWhen`, as the assessment says for the part.
        closes_at: when the assessment closes for everybody; None: never.
        results_posted_at: when its results were posted; None: they are not.
        now: the time to decide for.
    """
    if when == ShownWhen.SUBMITTED:
        return True
    if when == ShownWhen.CLOSED:
        return closes_at is not None and now >= closes_at
    return when == ShownWhen.POSTED and results_posted_at is not None
