"""Attempts as they are read: the paper, the answers, and of the result what may be seen."""

from datetime import datetime
from typing import Any

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, AttemptAnswer, QuestionVersion
from apps.assessments.question_types import question_type, solution_of
from apps.assessments.selectors.shown import Shown
from apps.assessments.selectors.work import add_work


def attempt_view(attempt: Attempt, shown: Shown, *, now: datetime) -> dict[str, Any]:
    """Return the attempt as it goes over the wire.

    A key stands in it only under `shown.answers`; the score only under `shown.score`, and question by question only
    where feedback or answers are shown as well, since it tells right from wrong; hints, and what the key says to
    the options chosen, only under `shown.feedback`.
    """
    answers = {str(answer.question_id): answer for answer in attempt.answers.all()}
    keys = {}
    if shown.answers or shown.feedback:
        keys = keys_of(attempt) if attempt.keys is None else attempt.keys
    left = None
    if attempt.status == AttemptStatus.IN_PROGRESS and attempt.deadline_at is not None:
        left = max(0, int((attempt.deadline_at - now).total_seconds()))
    questions = [_slot(slot, answers.get(slot["question"]), keys, shown) for slot in attempt.paper]
    add_work(questions, attempt, shown)
    return {
        "id": attempt.id,
        "assessment": attempt.assessment_id,
        "user": attempt.user_id,
        "number": attempt.number,
        "status": attempt.status,
        "started_at": attempt.started_at,
        "deadline_at": attempt.deadline_at,
        "seconds_left": left,
        "due_at": attempt.due_at,
        "submitted_at": attempt.submitted_at,
        "submitted_by": attempt.submitted_by,
        "sequence": attempt.sequence,
        **_result(attempt, shown),
        "questions": questions,
        "answers": {question: answer.answer for question, answer in answers.items()},
    }


def _result(attempt: Attempt, shown: Shown) -> dict[str, Any]:
    return {
        "max_score": attempt.max_score,
        "score": attempt.score if shown.score else None,
        "percentage": attempt.percentage if shown.score else None,
        "is_passed": attempt.is_passed if shown.score else None,
        "late_penalty_percentage": attempt.late_penalty_percentage if shown.score else None,
        "feedback": attempt.feedback if shown.feedback else "",
    }


def _slot(
    slot: dict[str, Any], answer: AttemptAnswer | None, keys: dict[str, QuestionVersion], shown: Shown
) -> dict[str, Any]:
    view = {key: slot[key] for key in ("question", "question_type", "question_text", "points", "type_specific_data")}
    key = keys.get(slot["version"])
    if shown.score and (shown.feedback or shown.answers):
        view["points_given"] = answer.points if answer else None
    if shown.feedback and key is not None:
        view["feedback"] = "\n\n".join(filter(None, [answer.feedback if answer else "", key.feedback]))
        view["option_feedback"] = _option_feedback(key, answer)
        view["hints"] = key.hints
    if shown.answers and key is not None:
        view["solution"] = solution_of(key.type_specific_data)
        view["worked_solution"] = key.worked_solution
    return view


def _option_feedback(key: QuestionVersion, answer: AttemptAnswer | None) -> list[str]:
    """Return what the key says to this answer, and to no other: nothing to a blank one."""
    if answer is None or answer.answer is None:
        return []
    grade = question_type(key.question_type).grade(key.type_specific_data, answer.answer)
    return list(grade.feedback) if grade else []


def keys_of(attempt: Attempt) -> dict[str, QuestionVersion]:
    """Return the versions that the paper of an attempt names, by id."""
    ids = [slot["version"] for slot in attempt.paper]
    return {str(version.id): version for version in QuestionVersion.objects.filter(id__in=ids)}
