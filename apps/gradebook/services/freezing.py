"""Freezing: every learner's final grade computed in batches, and all of them valid at one moment, or none.

The job of the freeze first takes the gradebook into its hold (`Gradebook.freeze_job_id`, `freezing_at`): from then on
what people want to change is refused (`locking.require_open`). It computes the final grades batch by batch, each in a
transaction of its own, and marks them with the moment of the hold. The last transaction writes that moment into
`Gradebook.frozen_at`, and only then they stand: readers compare the two. A freeze that breaks off anywhere leaves an
open gradebook; the next run has another moment, so nothing of the earlier one is ever taken for valid.

Scores of assessments still arrive in the cells meanwhile, one by one: whatever comes after a learner's batch has come
after the freeze. What counts how never differs between two learners: each batch compares, under the gradebook's lock,
which everything takes that changes items, and the work starts again when it has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.core.errors import Conflict
from apps.core.events import emit
from apps.core.jobs import start_job
from apps.core.models import Job
from apps.core.policies import Actor
from apps.enrollments.models import Enrollment
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.calculation import Rules, label_of, total_of
from apps.gradebook.choices import ChangeKind
from apps.gradebook.events import FinalGradesFrozen, FinalGradesUnfrozen
from apps.gradebook.models import FinalGrade, Gradebook, GradebookChange
from apps.gradebook.selectors import rules_of, scores_of
from apps.gradebook.services.cell_changes import ReasonMissing
from apps.gradebook.services.locking import (
    GradebookFreezing,
    GradebookFrozen,
    has_freeze_at_work,
    is_being_frozen,
    lock_gradebook,
    lock_open_gradebook,
)

FREEZE: Final = "gradebook.freeze"
LEARNERS_AT_ONCE: Final = 200
_COMPUTED: Final = ("points", "max_points", "percentage", "label", "is_passed", "frozen_at", "version")
_HOLD: Final = ("freeze_job_id", "freezing_at")


class GradebookNotFrozen(Conflict):
    """There is nothing to open."""

    code = "gradebook_not_frozen"
    default_detail = "The final grades of this course are not frozen, so there is nothing to open again."


class HoldLost(Conflict):
    """The freeze was given up, and somebody has changed something since."""

    code = "gradebook_freeze_lost"
    default_detail = "The gradebook was changed after this freeze had been given up. Freeze it again."


class RulesChanged(Exception):
    """What counts how is not what it was when the freeze began: let it begin anew."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A gradebook in the hold of a freeze, and the moment as of which it is frozen."""

    course_id: UUID
    job_id: UUID
    moment: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """How the final grades are computed, for every learner alike."""

    rules: Rules
    bands: Any


@transaction.atomic
def start_freeze(*, course_id: UUID, by: Actor) -> Job:
    """Put the freeze in the queue, and hold the gradebook from now on.

    Raises:
        GradebookFrozen, GradebookFreezing: it is frozen, or about to be.
        TooManyJobs: the person has too many jobs under way.
    """
    gradebook = lock_open_gradebook(course_id)
    job = start_job(kind=FREEZE, parameters={}, by=by, subject_id=course_id)
    gradebook.freeze_job_id = job.id
    gradebook.save(update_fields=_HOLD)
    return job


@transaction.atomic
def take_hold(*, course_id: UUID, job_id: UUID, now: datetime) -> Hold | None:
    """Hold the gradebook for a run of the job; None when the job has frozen it before its worker died.

    Raises:
        GradebookFrozen, GradebookFreezing: another freeze was here.
    """
    gradebook = lock_gradebook(course_id)
    if gradebook.frozen_at is not None:
        if gradebook.freeze_job_id != job_id:
            raise GradebookFrozen
        return None
    if gradebook.freeze_job_id != job_id and is_being_frozen(gradebook):
        raise GradebookFreezing
    gradebook.freeze_job_id, gradebook.freezing_at = job_id, now
    gradebook.save(update_fields=_HOLD)
    return Hold(course_id, job_id, now)


@transaction.atomic
def terms_of(hold: Hold) -> Terms:
    """Return how the course counts now.

    Raises:
        HoldLost: the freeze is not this run's any more.
    """
    return _terms(_held(hold), hold)


def learners_of(course_id: UUID) -> list[UUID]:
    """Return the accounts whose final grades a freeze computes."""
    learners = Enrollment.objects.filter(course_id=course_id, status__in=OPEN_THE_CONTENT)
    return list(learners.order_by("user_id").values_list("user_id", flat=True))


@transaction.atomic
def compute_final_grades(hold: Hold, *, terms: Terms, user_ids: Sequence[UUID]) -> None:
    """Write the final grades of some learners; they stand once the freeze is finished.

    Raises:
        HoldLost: the freeze is not this run's any more.
        RulesChanged: the course counts in another way by now.
    """
    _require_same(terms, _held(hold), hold)
    scores = scores_of(terms.rules, user_ids, now=hold.moment)
    known = {
        final.user_id: final for final in FinalGrade.objects.filter(course_id=hold.course_id, user_id__in=user_ids)
    }  # fmt: skip
    finals = []
    for user_id in user_ids:
        final = known.get(user_id) or FinalGrade(course_id=hold.course_id, user_id=user_id, version=0)
        total = total_of(terms.rules, *scores[user_id])
        final.points, final.max_points, final.percentage = total.points, total.max_points, total.percentage
        final.label, final.is_passed = label_of(terms.bands, final.effective_percentage)
        final.frozen_at, final.version = hold.moment, final.version + 1
        finals.append(final)
    FinalGrade.objects.bulk_create(
        finals, update_conflicts=True, unique_fields=["tenant", "course", "user"], update_fields=_COMPUTED
    )  # fmt: skip


@transaction.atomic
def finish_freeze(hold: Hold, *, terms: Terms, by: Actor) -> Gradebook:
    """Let the final grades stand that were computed under the hold.

    Raises:
        HoldLost, RulesChanged: as for a batch.
    """
    gradebook = _held(hold)
    _require_same(terms, gradebook, hold)
    gradebook.frozen_at, gradebook.frozen_by_id, gradebook.freezing_at = hold.moment, by.id, None
    gradebook.version += 1
    gradebook.save(update_fields=["frozen_at", "frozen_by_id", "freezing_at", "version"])
    _note(hold.course_id, ChangeKind.FROZEN, by=by, now=hold.moment)
    emit(FinalGradesFrozen(course_id=hold.course_id, frozen_at=hold.moment))
    return gradebook


@transaction.atomic
def unfreeze(*, course_id: UUID, reason: str, by: Actor, now: datetime) -> Gradebook:
    """Open the gradebook again: no final grade stands any more; those that people gave stay.

    Raises:
        ReasonMissing: nobody says why.
        GradebookFreezing: the job of the freeze has not ended.
        GradebookNotFrozen: there is nothing to open.
    """
    gradebook = lock_gradebook(course_id)
    if has_freeze_at_work(gradebook):  # also when it has frozen: a worker that died then would freeze again
        raise GradebookFreezing
    if gradebook.frozen_at is None:
        raise GradebookNotFrozen
    if not reason.strip():
        message = "Say why the final grades are opened again."
        raise ReasonMissing(message)
    gradebook.frozen_at = gradebook.frozen_by_id = gradebook.freeze_job_id = None
    gradebook.version += 1
    gradebook.save(update_fields=["frozen_at", "frozen_by_id", "freeze_job_id", "version"])
    FinalGrade.objects.filter(course_id=course_id).update(frozen_at=None, version=F("version") + 1)
    _note(course_id, ChangeKind.UNFROZEN, by=by, now=now, reason=reason.strip())
    emit(FinalGradesUnfrozen(course_id=course_id))
    return gradebook


def _held(hold: Hold) -> Gradebook:
    """Return the locked gradebook, if it is still in the hold."""
    gradebook = lock_gradebook(hold.course_id)
    if (gradebook.freeze_job_id, gradebook.freezing_at) != (hold.job_id, hold.moment):
        raise HoldLost
    return gradebook


def _terms(gradebook: Gradebook, hold: Hold) -> Terms:
    return Terms(rules_of(hold.course_id, now=hold.moment), gradebook.scale.bands if gradebook.scale else None)


def _require_same(terms: Terms, gradebook: Gradebook, hold: Hold) -> None:
    if _terms(gradebook, hold) != terms:
        raise RulesChanged


def _note(course_id: UUID, kind: ChangeKind, *, by: Actor, now: datetime, **facts: Any) -> None:
    GradebookChange.objects.create(course_id=course_id, kind=kind, actor_id=by.id, occurred_at=now, **facts)
