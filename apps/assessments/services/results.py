"""Posting the results of an assessment to all its learners together, and hiding them again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.assessments.events import ResultsHidden, ResultsPosted
from apps.assessments.models import Assessment
from apps.assessments.services.authoring import lock_assessment
from apps.core.events import emit
from apps.core.policies import Actor


@transaction.atomic
def post_results(*, assessment: Assessment, by: Actor | None, now: datetime | None = None) -> Assessment:
    """Let learners see what the assessment shows once its results are posted; posted ones stay as they are."""
    del by
    assessment = lock_assessment(assessment.id)
    if assessment.results_posted_at is not None:
        return assessment
    assessment.results_posted_at = now or timezone.now()
    _save(assessment)
    emit(
        ResultsPosted(
            assessment_id=assessment.id, course_id=assessment.course_id, posted_at=assessment.results_posted_at
        )
    )
    return assessment


@transaction.atomic
def hide_results(*, assessment: Assessment, by: Actor | None) -> Assessment:
    """Take posted results back; hidden ones stay as they are."""
    del by
    assessment = lock_assessment(assessment.id)
    if assessment.results_posted_at is None:
        return assessment
    assessment.results_posted_at = None
    _save(assessment)
    emit(ResultsHidden(assessment_id=assessment.id, course_id=assessment.course_id))
    return assessment


def _save(assessment: Assessment) -> None:
    assessment.version += 1
    assessment.save(update_fields=["results_posted_at", "version", "updated_at"])
