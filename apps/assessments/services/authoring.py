"""Making assessments: their settings, and whether learners see them."""

import ipaddress
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.assessments.choices import AssessmentStatus
from apps.assessments.events import AssessmentDeleted, AssessmentSaved
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services.admission import forget_guesses
from apps.core.errors import Conflict, InvalidInput
from apps.core.events import emit
from apps.core.policies import Actor, actor_id_of
from apps.courses.models import Course

CHANGEABLE: Final = frozenset(
    {
        "title", "description", "assessment_type", "status", "grading_mode", "opens_at", "due_at", "closes_at",
        "time_limit_minutes", "max_attempts", "cooldown_minutes", "counted_attempt", "pass_mark_percentage",
        "shuffle_questions", "shuffle_options", "show_score", "show_answers", "show_feedback",
        "late_penalty_percentage", "late_penalty_per", "late_floor_percentage", "late_grace_minutes", "access_code",
        "allowed_networks",
    }
)  # fmt: skip


class InvalidNetwork(InvalidInput):
    """An entry is no network."""

    code = "invalid_network"
    default_field = "allowed_networks"


class InvalidDates(InvalidInput):
    """The assessment would close before it opens."""

    code = "invalid_dates"
    default_field = "closes_at"
    default_detail = "The assessment must close after it opens."


class InvalidStatus(InvalidInput):
    """An assessment does not begin like this."""

    code = "invalid_status"
    default_field = "status"


class AssessmentTaken(Conflict):
    """People have taken the assessment, so it stays."""

    code = "assessment_taken"
    default_detail = "There are attempts at this assessment. Archive it instead: PATCH its status to archived."


@transaction.atomic
def create_assessment(*, course: Course, by: Actor | None, title: str, **fields: Any) -> Assessment:
    """Create an assessment of `course`; it may be published before it has questions.

    Args:
        course: whose learners take it.
        by: its author.
        title: what people call it.
        fields: any of `CHANGEABLE`.

    Raises:
        InvalidNetwork, InvalidDates, InvalidStatus: nothing was created.
    """
    assessment = Assessment(course=course, created_by_id=actor_id_of(by), title=title, **fields)
    check_settings(assessment)
    if assessment.status == AssessmentStatus.ARCHIVED:
        detail = "A new assessment is a draft, or published."
        raise InvalidStatus(detail)
    assessment.save(force_insert=True)
    tell_saved(assessment)
    return assessment


@transaction.atomic
def change_assessment(*, assessment: Assessment, by: Actor | None, **changes: Any) -> Assessment:
    """Change fields of an assessment (any of `CHANGEABLE`). Attempts under way keep paper and deadline.

    Raises:
        InvalidNetwork, InvalidDates: nothing was changed.
        AssessmentTaken: it would become a draft again, and there are attempts.
    """
    del by
    assessment = lock_assessment(assessment.id)
    if changes.get("access_code", assessment.access_code) != assessment.access_code:
        forget_guesses(assessment)
    if "status" in changes:
        _require_step(assessment, changes["status"])
    for name, value in changes.items():
        setattr(assessment, name, value)
    check_settings(assessment)
    assessment.version += 1
    assessment.save()
    tell_saved(assessment)
    return assessment


def _require_step(assessment: Assessment, status: str) -> None:
    """Any status may follow any other, but what people have taken is no draft any more."""
    if status == AssessmentStatus.DRAFT and status != assessment.status and _is_taken(assessment):
        raise AssessmentTaken


@transaction.atomic
def delete_assessment(*, assessment: Assessment, by: Actor | None) -> None:
    """Delete an assessment that nobody has taken; its questions stay in the bank.

    Raises:
        AssessmentTaken: there are attempts.
    """
    del by
    assessment = lock_assessment(assessment.id)
    if _is_taken(assessment):
        raise AssessmentTaken
    gone = AssessmentDeleted(assessment_id=assessment.id, course_id=assessment.course_id)
    assessment.delete()
    emit(gone)


def _is_taken(assessment: Assessment) -> bool:
    return Attempt.objects.filter(assessment_id=assessment.id).exists()


def tell_saved(assessment: Assessment) -> None:
    """Tell whoever cares that an assessment is not what it was."""
    emit(AssessmentSaved(assessment_id=assessment.id, course_id=assessment.course_id))


def lock_assessment(assessment_id: UUID) -> Assessment:
    """Return the assessment, locked against other changes of it."""
    return Assessment.objects.select_for_update().get(id=assessment_id)


def check_settings(assessment: Assessment) -> None:
    """Require that what the assessment says of networks and dates can hold.

    Raises:
        InvalidNetwork, InvalidDates: it cannot.
    """
    for network in assessment.allowed_networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            message = f"{network[:50]!r} is no network; write 192.0.2.0/24 or 2001:db8::/32."
            raise InvalidNetwork(message) from error
    opens, closes = assessment.opens_at, assessment.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise InvalidDates
