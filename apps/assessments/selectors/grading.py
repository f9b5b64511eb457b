"""What graders read: the answers that wait for them, and the history of grades."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db.models import CharField, F, Func, JSONField, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.crypto import salted_hmac

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, GradeChange
from apps.assessments.selectors.files import FILE_UPLOAD, handed_in_files
from apps.assessments.selectors.rubrics import rubric_grade_view, rubric_versions, rubric_view
from apps.assessments.selectors.shown import Shown

_PSEUDONYM_BYTES: Final = 10
_ORDERS: Final = {
    "question": ("question_id", "attempt__submitted_at", "attempt_id"),
    "learner": ("attempt__submitted_at", "attempt_id", "question_id"),
}
_SLOT: Final = Func(
    F("attempt__paper"),
    Value("$[*] ? (@.question == $question)"),
    Func(Cast(Value("question"), TextField()), Cast("question_id", TextField()), function="jsonb_build_object"),
    function="jsonb_path_query_first",
    output_field=JSONField(),
)


class OpenAnswer(TypedDict):
    """An answer that waits for a person. `user` is empty, and `learner` a pseudonym, where names are not wanted."""

    attempt: UUID
    version: int
    user: UUID | None
    learner: str
    question: UUID
    question_type: str
    question_text: str
    points: str
    answer: Any
    files: list[dict[str, Any]]
    rubric: dict[str, Any] | None
    submitted_at: Any
    claimed_by: UUID | None
    claimed_until: Any


def open_answers(
    assessment: Assessment, *, order: str = "question", question_id: UUID | None = None
) -> QuerySet[Any, Any]:
    """Return the answers of an assessment that wait for a person, as rows for `named`.

    Args:
        assessment: whose attempts.
        order: `question`: all answers to one question after each other; `learner`: all of one paper.
        question_id: to this question only.
    """
    waiting = AttemptAnswer.objects.filter(
        attempt__assessment_id=assessment.id,
        attempt__status=AttemptStatus.SUBMITTED,
        points__isnull=True,
        answer__isnull=False,
    ).exclude(answer=Value(None, JSONField()))
    if question_id is not None:
        waiting = waiting.filter(question_id=question_id)
    return waiting.order_by(*_ORDERS[order]).values(
        "attempt_id",
        "question_id",
        "answer",
        user=F("attempt__user_id"),
        first_name=F("attempt__user__first_name"),
        last_name=F("attempt__user__last_name"),
        attempt_version=F("attempt__version"),
        question_type=F("version__question_type"),
        question_text=F("version__question_text"),
        most=KeyTextTransform("points", _SLOT, output_field=CharField()),
        rubric_version=KeyTextTransform("rubric", _SLOT, output_field=CharField()),
        submitted_at=F("attempt__submitted_at"),
        claimed_by=F("attempt__claimed_by_id"),
        claimed_until=F("attempt__claimed_until"),
    )


def named(rows: Sequence[dict[str, Any]], assessment: Assessment, *, is_anonymous: bool) -> Iterator[OpenAnswer]:
    """Yield rows of `open_answers` with their learners' names, or with pseudonyms and without times instead.

    Rubrics and files come with them, by two statements, and by none where there are none.
    """
    rubrics = rubric_versions(row["rubric_version"] for row in rows if row["rubric_version"])
    files = handed_in_files(row["attempt_id"] for row in rows if row["question_type"] == FILE_UPLOAD)
    for row in rows:
        rubric = rubrics.get(row["rubric_version"] or "")
        handed_in = files.get((row["attempt_id"], str(row["question_id"])), [])
        name = f"{row['first_name']} {row['last_name']}".strip()
        yield OpenAnswer(
            attempt=row["attempt_id"],
            version=row["attempt_version"],
            user=None if is_anonymous else row["user"],
            learner=pseudonym(assessment.id, row["user"]) if is_anonymous else name,
            question=row["question_id"],
            question_type=row["question_type"],
            question_text=row["question_text"],
            points=row["most"],
            answer=row["answer"],
            files=[{**file, "name": ""} for file in handed_in] if is_anonymous else handed_in,
            rubric=rubric_view(rubric, for_grader=True) if rubric else None,
            submitted_at=None if is_anonymous else row["submitted_at"],
            claimed_by=row["claimed_by"],
            claimed_until=row["claimed_until"],
        )


def pseudonym(assessment_id: UUID, user_id: UUID) -> str:
    """Return the name under which a learner is graded: the same all through one assessment, another one in the next.

    It is keyed with the installation's secret: without that, nobody can compute whose it is.
    """
    digest = salted_hmac("assessments.pseudonym", f"{assessment_id}:{user_id}", algorithm="sha256").digest()
    return "Learner " + base64.b32encode(digest[:_PSEUDONYM_BYTES]).decode()


class Change(TypedDict):
    """One entry of a grade's history, as far as the reader may see it."""

    question: UUID | None
    from_points: Any
    to_points: Any
    actor: UUID | None
    reason: str
    rubric: dict[str, Any] | None
    occurred_at: Any


def grade_changes(attempt: Attempt, shown: Shown) -> QuerySet[GradeChange]:
    """Return the history of an attempt's grades, oldest first; none of it where the score may not be seen."""
    changes = GradeChange.objects.filter(attempt_id=attempt.id) if shown.score else GradeChange.objects.none()
    return changes.order_by("occurred_at", "id")


def change_view(change: GradeChange, shown: Shown, *, is_staff: bool) -> Change:
    """Return an entry as its reader may see it.

    A reason may tell the right answer, so a learner reads it with the answers only; what was said by the rubric, with
    the feedback. Who graded is for staff.
    """
    return Change(
        question=change.question_id,
        from_points=change.from_points,
        to_points=change.to_points,
        actor=change.actor_id if is_staff else None,
        reason=change.reason if is_staff or shown.answers else "",
        rubric=rubric_grade_view(change.rubric, with_points=shown.score) if is_staff or shown.feedback else None,
        occurred_at=change.occurred_at,
    )
