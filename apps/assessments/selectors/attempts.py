"""Attempts as they are read: the paper, the answers, and of the result what may be seen."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, QuestionVersion
from apps.assessments.question_types import question_type, solution_of
from apps.assessments.selectors.sheets import Given, Key, Sheet, sheet_of
from apps.assessments.selectors.shown import Shown
from apps.assessments.selectors.work import add_work


def attempt_view(attempt: Attempt, shown: Shown, *, now: datetime, sheet: Sheet | None = None) -> dict[str, Any]:
    """Return the attempt as it goes over the wire, to the form of its values: no serializer comes after.

    A key stands in it only under `shown.answers`; the score only under `shown.score`, and question by question only
    where feedback or answers are shown as well, since it tells right from wrong; hints, and what the key says to
    the options chosen, only under `shown.feedback`.

    Args:
        attempt: with its assessment.
        shown: what of its result.
        now: the moment.
        sheet: keys and answers, where they have been read already.
    """
    shows_keys = shown.answers or shown.feedback
    if sheet is None:
        sheet = sheet_of(attempt, with_keys=shows_keys)
    keys, answers = sheet.keys if shows_keys else {}, sheet.answers
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
        "answers": {
            slot["question"]: answers[slot["question"]].answer for slot in attempt.paper if slot["question"] in answers
        },
        "receipt": None,
    }


def _result(attempt: Attempt, shown: Shown) -> dict[str, Any]:
    return {
        "max_score": _hundredths(attempt.max_score),
        "score": _hundredths(attempt.score) if shown.score else None,
        "percentage": _hundredths(attempt.percentage) if shown.score else None,
        "is_passed": attempt.is_passed if shown.score else None,
        "late_penalty_percentage": _hundredths(attempt.late_penalty_percentage) if shown.score else None,
        "feedback": attempt.feedback if shown.feedback else "",
    }


def _hundredths(number: Decimal | None) -> str | None:
    """Return a number of points or per cent as it goes over the wire."""
    return None if number is None else f"{number:.2f}"


def _slot(slot: Mapping[str, Any], answer: Given | None, keys: Mapping[str, Key], shown: Shown) -> dict[str, Any]:
    view = {key: slot[key] for key in ("question", "question_type", "question_text", "points", "type_specific_data")}
    key = keys.get(slot["version"])
    tells_points = shown.score and (shown.feedback or shown.answers)
    view["points_given"] = _hundredths(answer.points) if tells_points and answer else None
    view["rubric_grade"] = None
    if shown.feedback and key is not None:
        view["feedback"] = "\n\n".join(filter(None, [answer.feedback if answer else "", key.feedback]))
        view["option_feedback"] = _option_feedback(key, answer)
        view["hints"] = key.hints
    if shown.answers and key is not None:
        view["solution"] = solution_of(key.type_specific_data)
        view["worked_solution"] = key.worked_solution
    return view


def _option_feedback(key: Key, answer: Given | None) -> list[str]:
    """Return what the key says to this answer, and to no other: nothing to a blank one."""
    if answer is None or answer.answer is None:
        return []
    if answer.said is not None:
        return list(answer.said)
    grade = question_type(key.question_type).grade(key.type_specific_data, answer.answer)
    return list(grade.feedback) if grade else []


def keys_of(attempt: Attempt) -> dict[str, QuestionVersion]:
    """Return the versions that the paper of an attempt names, by id."""
    ids = [slot["version"] for slot in attempt.paper]
    return {str(version.id): version for version in QuestionVersion.objects.filter(id__in=ids)}
