"""Grading by people: points and feedback for answers, each change with who, when, why, from what to what.

An attempt whose last open answer is graded gets its score, under the late policy. Two graders never overwrite each
other unawares: who names the version that they saw is refused when it is not the present one, and who names none
cannot change what another person has graded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, AttemptAnswer, GradeChange, QuestionVersion, RubricVersion
from apps.assessments.selectors import keys_of, rubrics_of
from apps.assessments.services.claims import require_gradable
from apps.assessments.services.given_grades import GivenGrade, require_points, require_something
from apps.assessments.services.grading import announce, graded_entry, settle, total_of
from apps.assessments.services.rubric_grades import Judged, judge
from apps.assessments.services.saving import UnknownQuestion, lock_attempt
from apps.core.errors import Conflict, DomainError
from apps.core.policies import Actor

GRADED: Final = "graded"
UNCHANGED: Final = "unchanged"
_OF_AN_ANSWER: Final = ("points", "is_overridden", "feedback", "graded_by_id", "graded_at")
_OF_THE_ATTEMPT: Final = (
    "status", "raw_score", "score", "percentage", "is_passed", "late_penalty_percentage", "graded_at", "graded_by_id",
    "feedback", "journal_length", "journal_head", "version",
)  # fmt: skip


class GradesChanged(DomainError):
    """Somebody else graded since the caller looked."""

    status = 412
    code = "precondition_failed"
    default_detail = "The grades have changed since you read them. Read the attempt again and repeat your change."


class GradedByAnother(Conflict):
    """Another person has graded the answer, and the caller does not say that they know it."""

    code = "graded_by_another"
    default_detail = (
        "Somebody else has graded this answer. Look at their grade; to change it, send If-Match with the attempt's tag."
    )


@dataclass(frozen=True, slots=True)
class GradedRow:
    """What became of one grade: `graded`, `unchanged`, or the code of what stood in the way."""

    question_id: UUID
    result: str
    points: Decimal | None
    detail: str = ""


@dataclass(slots=True)
class _Sheet:
    """An attempt on somebody's desk: its slots, keys and answers, and what has been changed so far."""

    attempt: Attempt
    by: Actor
    now: datetime
    version: int | None
    slots: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, QuestionVersion]
    rubrics: Mapping[str, RubricVersion]
    rows: dict[str, AttemptAnswer]
    changes: dict[str, GradeChange] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)


@transaction.atomic
def grade_answer(
    *, attempt_id: UUID, given: GivenGrade, by: Actor, version: int | None = None, now: datetime | None = None
) -> tuple[Attempt, GradedRow]:
    """Grade one answer; return the attempt, and what became of it.

    Args:
        attempt_id: whose.
        given: the question, points from 0 to what it is worth (below 0 only where it takes marks away), or the
            rubric, from which they follow, feedback, and the reason, which is asked for where points are changed
            that are there, or that follow from the rubric.
        by: the grader.
        version: of the attempt as the grader saw it; None: they do not say.
        now: the moment.

    Raises:
        AttemptRunning, AttemptClaimed, GradesChanged, GradedByAnother, UnknownQuestion, PointsOutOfRange,
        ReasonMissing, NothingGiven: nothing was changed.
        NoRubric, UnknownCriterion, RubricIncomplete, InvalidRubricGrade: neither; see `judge`.
    """
    sheet = _take_up(attempt_id, by=by, version=version, now=now or timezone.now())
    row = _grade(sheet, given)
    _put_down(sheet)
    return sheet.attempt, row


@transaction.atomic
def grade_answers(
    *, attempt_id: UUID, given: Sequence[GivenGrade], by: Actor, version: int | None = None, now: datetime | None = None
) -> tuple[Attempt, list[GradedRow]]:
    """Grade many answers of one attempt, each with an answer of its own: what is wrong with one stops no other.

    Raises:
        AttemptRunning, AttemptClaimed, GradesChanged: nothing was changed.
    """
    sheet = _take_up(attempt_id, by=by, version=version, now=now or timezone.now())
    results = []
    for each in given:
        try:
            results.append(_grade(sheet, each))
        except DomainError as error:
            results.append(GradedRow(each.question_id, error.code, None, error.detail))
    _put_down(sheet)
    return sheet.attempt, results


@transaction.atomic
def give_feedback(
    *,
    attempt_id: UUID,
    feedback: str,
    by: Actor,
    reason: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Attempt:
    """Say something to an attempt as a whole.

    Raises:
        AttemptRunning, AttemptClaimed, GradesChanged: nothing was changed.
    """
    moment = now or timezone.now()
    attempt = _locked(attempt_id, by=by, version=version, now=moment)
    if attempt.feedback == feedback:
        return attempt
    attempt.feedback = feedback
    attempt.version += 1
    graded_entry(attempt, by=by.id, now=moment, feedback_changed=True).save(force_insert=True)
    attempt.save(update_fields=["feedback", "version", "journal_length", "journal_head"])
    GradeChange.objects.create(
        attempt_id=attempt.id, from_points=attempt.score, to_points=attempt.score, actor_id=by.id,
        reason=reason or "Overall feedback.", occurred_at=moment,
    )  # fmt: skip
    return attempt


def _locked(attempt_id: UUID, *, by: Actor, version: int | None, now: datetime) -> Attempt:
    attempt = lock_attempt(attempt_id)
    require_gradable(attempt, by=by, now=now)
    if version is not None and version != attempt.version:
        raise GradesChanged
    return attempt


def _take_up(attempt_id: UUID, *, by: Actor, version: int | None, now: datetime) -> _Sheet:
    attempt = _locked(attempt_id, by=by, version=version, now=now)
    return _Sheet(
        attempt=attempt,
        by=by,
        now=now,
        version=version,
        slots={slot["question"]: slot for slot in attempt.paper},
        keys=keys_of(attempt),
        rubrics=rubrics_of(attempt.paper),
        rows={str(row.question_id): row for row in AttemptAnswer.objects.filter(attempt_id=attempt.id)},
    )


def _grade(sheet: _Sheet, given: GivenGrade) -> GradedRow:
    question = str(given.question_id)
    slot = sheet.slots.get(question)
    if slot is None:
        message = "There is no such question on the paper of this attempt."
        raise UnknownQuestion(message, field="question")
    row = sheet.rows.get(question) or _blank(sheet, slot)
    before = row.points if row.answer is not None else row.points or Decimal(0)
    judged, points = _allowed(sheet, given, slot, row, before)
    says_points = given.points is not None or judged is not None
    rubric = judged.rubric if judged else row.rubric
    feedback = row.feedback if given.feedback is None else given.feedback
    now_is = (points, feedback, row.is_overridden or says_points, rubric)
    if now_is == (before, row.feedback, row.is_overridden, row.rubric):
        return GradedRow(given.question_id, UNCHANGED, points)
    if question not in sheet.rows:
        sheet.rows[question] = row
        sheet.created.add(question)
    if says_points:
        row.points, row.is_overridden, row.graded_by_id, row.graded_at = points, True, sheet.by.id, sheet.now
    row.feedback, row.rubric = feedback, rubric
    _note(sheet, given, before=before, points=points, judged=judged)
    return GradedRow(given.question_id, GRADED, points)


def _note(
    sheet: _Sheet, given: GivenGrade, *, before: Decimal | None, points: Decimal | None, judged: Judged | None
) -> None:
    """Write the change into the history; several to one answer in one request are one change."""
    question = str(given.question_id)
    first = sheet.changes.get(question)
    sheet.changes[question] = GradeChange(
        attempt_id=sheet.attempt.id, question_id=given.question_id,
        from_points=first.from_points if first else before, to_points=points,
        rubric=judged.rubric if judged else first and first.rubric,
        actor_id=sheet.by.id, reason=given.reason, occurred_at=sheet.now,
    )  # fmt: skip


def _blank(sheet: _Sheet, slot: Mapping[str, Any]) -> AttemptAnswer:
    """Return the row of a question that the learner has left alone."""
    return AttemptAnswer(
        attempt_id=sheet.attempt.id, question_id=UUID(slot["question"]), version_id=UUID(slot["version"]),
        answer=None, sequence=0, saved_at=sheet.now,
    )  # fmt: skip


def _allowed(
    sheet: _Sheet, given: GivenGrade, slot: Mapping[str, Any], row: AttemptAnswer, before: Decimal | None
) -> tuple[Judged | None, Decimal | None]:
    """Return what is said by the rubric, and the points that the answer gets; raise where that may not be."""
    require_something(given)
    if sheet.version is None and row.graded_by_id not in {None, sheet.by.id}:
        raise GradedByAnother
    most = Decimal(slot["points"])
    judged = None
    if given.rubric is not None:
        rubric = sheet.rubrics.get(slot.get("rubric", ""))
        judged = judge(rubric.criteria if rubric else None, given.rubric, most)
    points = given.points if given.points is not None or judged is None else judged.points
    if points is None:
        return judged, before
    takes_away = sheet.keys[slot["version"]].type_specific_data.get("negative_marks", False)
    require_points(given, points, before=before, least=-most if takes_away else Decimal(0), most=most)
    return judged, points


def _put_down(sheet: _Sheet) -> None:
    """Store what was changed; give the attempt its score when nothing is open any more."""
    if not sheet.changes:
        return
    attempt, before = sheet.attempt, sheet.attempt.score
    was_graded = attempt.status == AttemptStatus.GRADED
    total = total_of(attempt.paper, sheet.rows)
    if total is not None:
        settle(attempt, total, now=sheet.now, graded_by_id=sheet.by.id)
    grades = [
        {"question": question, "from": change.from_points, "to": change.to_points}
        for question, change in sheet.changes.items()
    ]
    entry = graded_entry(attempt, by=sheet.by.id, now=sheet.now, grades=grades)
    attempt.version += 1
    AttemptAnswer.objects.bulk_create([sheet.rows[question] for question in sheet.created])
    changed = [sheet.rows[question] for question in sheet.changes if question not in sheet.created]
    AttemptAnswer.objects.bulk_update(changed, _OF_AN_ANSWER)
    AttemptAnswer.objects.bulk_update([row for row in changed if row.rubric is not None], ["rubric"])
    attempt.save(update_fields=_OF_THE_ATTEMPT)
    entry.save(force_insert=True)
    GradeChange.objects.bulk_create(sheet.changes.values())
    if total is not None and (not was_graded or attempt.score != before):
        reason = next(iter(sheet.changes.values())).reason
        announce(attempt, from_points=before, actor_id=sheet.by.id, reason=reason)
