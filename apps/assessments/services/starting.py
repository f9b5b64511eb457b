"""Starting an attempt, or coming back to the one that is open."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AssessmentStatus, AttemptStatus, JournalKind
from apps.assessments.events import AttemptStarted
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services.admission import WrongAccessCode, require_admission
from apps.assessments.services.beginning import begin
from apps.assessments.services.journal import next_entry
from apps.assessments.services.papers import make_paper
from apps.assessments.services.saving import end_if_past
from apps.assessments.services.terms import Terms, bounds_of, granted_to, terms_of
from apps.core.errors import Conflict, PermissionRefused
from apps.core.events import emit
from apps.enrollments.models import Enrollment
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.users.models import User

SEED_BITS: Final = 62


class AssessmentNotOpen(Conflict):
    """Too early, too late, or not published."""

    code = "assessment_not_open"


class NoAttemptLeft(Conflict):
    """All attempts are used."""

    code = "no_attempt_left"


class CoolingDown(Conflict):
    """The next attempt may start later."""

    code = "cooling_down"


class NotEnrolled(PermissionRefused):
    """Attempts belong to an enrolment that is open, and there is none."""

    code = "not_enrolled"
    default_detail = "You are not enrolled in the course of this assessment, or your enrolment is not open."


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt, and whether it is a new one."""

    attempt: Attempt
    is_new: bool


def start_attempt(
    *,
    assessment: Assessment,
    by: User,
    access_code: str = "",
    address: str = "",
    now: datetime | None = None,
    seed: int | None = None,
) -> Started:
    """Give the learner a paper; the one that they have already, while it is open.

    Args:
        assessment: as it was read.
        by: the learner.
        access_code: what they typed.
        address: of their network, as the server sees it.
        now: the moment of the start; the clock of the attempt runs from here.
        seed: what chance follows from; for everybody but demo data, the operating system's.

    Raises:
        NotEnrolled, AssessmentNotOpen, NoAttemptLeft, CoolingDown, TooManyGuesses, WrongNetwork, BankTooSmall,
        EmptyAssessment: nothing was started.
        WrongAccessCode: nothing was started, and the guess is counted.
    """
    moment = (now or timezone.now()).astimezone(UTC)  # elsewhere an hour may be longer on the clock
    with transaction.atomic():
        try:
            return _start(assessment, by, access_code=access_code, address=address, now=moment, seed=seed)
        except WrongAccessCode as error:
            refused = error
    raise refused


def _start(
    assessment: Assessment, by: User, *, access_code: str, address: str, now: datetime, seed: int | None
) -> Started:
    enrollment = _locked_enrollment(assessment, by, now)
    attempts = _locked_attempts(assessment, by)
    running = next((attempt for attempt in attempts if attempt.status == AttemptStatus.IN_PROGRESS), None)
    if running is not None and not end_if_past(attempt=running, now=now):
        return Started(running, is_new=False)
    terms = terms_of(assessment, granted_to(by, assessment))
    _require_open(assessment, terms, now)
    require_admission(assessment, user_id=by.id, access_code=access_code, address=address, now=now)
    _require_another(assessment, terms, attempts, now)
    attempt = Attempt(
        assessment=assessment,
        enrollment=enrollment,
        user_id=enrollment.user_id,
        number=len(attempts) + 1,
        seed=secrets.randbits(SEED_BITS) if seed is None else seed,
        started_at=now,
        deadline_at=terms.deadline_of(now),
        due_at=terms.due_at,
    )
    return Started(_create(attempt), is_new=True)


def _locked_enrollment(assessment: Assessment, user: User, now: datetime) -> Enrollment:
    """Lock the enrolment: all starts of one learner wait for each other."""
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .filter(course_id=assessment.course_id, user_id=user.id, status__in=OPEN_THE_CONTENT)
        .first()
    )
    if enrollment is None or (enrollment.expires_at is not None and enrollment.expires_at <= now):
        raise NotEnrolled
    return enrollment


def _locked_attempts(assessment: Assessment, user: User) -> list[Attempt]:
    """Return the attempts of the learner; locked, for the deadline, or the learner, may be ending one right now."""
    attempts = list(
        Attempt.objects.select_for_update(of=("self",))
        .filter(assessment_id=assessment.id, user_id=user.id)
        .defer("feedback")
        .order_by("number")
    )
    for attempt in attempts:
        attempt.assessment = assessment
    return attempts


def _require_open(assessment: Assessment, terms: Terms, now: datetime) -> None:
    if assessment.status != AssessmentStatus.PUBLISHED:
        detail = "The assessment is not published."
        raise AssessmentNotOpen(detail)
    if terms.opens_at is not None and now < terms.opens_at:
        detail = f"The assessment opens at {terms.opens_at.isoformat()}."
        raise AssessmentNotOpen(detail, extra={"opens_at": terms.opens_at.isoformat()})
    if terms.closes_at is not None and now >= terms.closes_at:
        detail = f"The assessment closed at {terms.closes_at.isoformat()}."
        raise AssessmentNotOpen(detail, extra={"closes_at": terms.closes_at.isoformat()})


def _require_another(assessment: Assessment, terms: Terms, attempts: list[Attempt], now: datetime) -> None:
    if terms.max_attempts is not None and len(attempts) >= terms.max_attempts:
        detail = f"You have used all of your {terms.max_attempts} attempts."
        raise NoAttemptLeft(detail)
    ended = max((attempt.submitted_at for attempt in attempts if attempt.submitted_at), default=None)
    if ended is not None:
        again = ended + timedelta(minutes=assessment.cooldown_minutes)
        if now < again:
            detail = f"The next attempt can start at {again.isoformat()}."
            raise CoolingDown(detail, extra={"starts_at": again.isoformat()})


def _create(attempt: Attempt) -> Attempt:
    """Give the attempt its paper and its first entry, and store it."""
    assessment = attempt.assessment
    paper = make_paper(assessment, seed=attempt.seed, freeze=True)
    attempt.paper = paper.slots
    attempt.max_score = paper.max_score
    content = {
        "number": attempt.number, "paper": paper.slots, "deadline_at": attempt.deadline_at,
        "bounds": bounds_of(assessment),
    }  # fmt: skip
    entry = next_entry(attempt, JournalKind.STARTED, content, now=attempt.started_at)
    begin(attempt, entry)
    emit(
        AttemptStarted(
            attempt_id=attempt.id,
            assessment_id=assessment.id,
            course_id=assessment.course_id,
            user_id=attempt.user_id,
        )
    )
    return attempt
