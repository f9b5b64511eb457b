"""Rubrics as they are read: by graders whole, by learners without what is for graders only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from apps.assessments.models import AssessmentItem, Question, QuestionVersion, Rubric, RubricVersion


def rubrics_of(paper: Iterable[Mapping[str, Any]], *, shown_only: bool = False) -> dict[str, RubricVersion]:
    """Return the versions of rubrics that a paper names, by id: one statement, and none where it names none.

    Args:
        paper: its slots.
        shown_only: those that learners see from the start.
    """
    ids = {slot["rubric"] for slot in paper if "rubric" in slot and (slot["shows_rubric"] or not shown_only)}
    return rubric_versions(ids)


def rubric_versions(ids: Iterable[str]) -> dict[str, RubricVersion]:
    """Return these versions, each with its rubric, by id: one statement, and none for no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    versions = RubricVersion.objects.filter(id__in=wanted).select_related("rubric")
    return {str(version.id): version for version in versions}


def rubric_view(version: RubricVersion, *, for_grader: bool) -> dict[str, Any]:
    """Return a rubric as it goes over the wire; its notes are for graders, and for nobody else, ever."""
    hidden = () if for_grader else ("note",)
    return {
        "id": str(version.rubric_id),
        "version_number": version.number,
        "title": version.rubric.title,
        "max_points": f"{version.max_points:.2f}",
        "criteria": [
            {key: value for key, value in criterion.items() if key not in hidden} for criterion in version.criteria
        ],
    }


def rubric_grade_view(judged: Mapping[str, Mapping[str, Any]] | None, *, with_points: bool) -> dict[str, Any] | None:
    """Return what a person said by a rubric; without points, and the levels that tell them, its comments alone."""
    if judged is None or with_points:
        return None if judged is None else dict(judged)
    return {key: {"comment": each["comment"]} for key, each in judged.items()}


def questions_with(rubric: Rubric) -> QuerySet[Question]:
    """Return the questions that name a rubric, or have named it on a paper; newest first."""
    naming = QuestionVersion.objects.filter(rubric_id=rubric.id).values("question_id")
    return Question.objects.filter(id__in=naming).order_by("-created_at", "-id")


def rubric_usage_rows(
    rubric: Rubric, questions: Sequence[Question], *, readable: Iterable[UUID]
) -> list[dict[str, Any]]:
    """Return what each of these questions makes of the rubric: two statements, however many there are.

    Args:
        rubric: which one.
        questions: of `questions_with`.
        readable: those whose text may be read; the others are counted, and say nothing of themselves.
    """
    ids = [question.id for question in questions]
    current = QuestionVersion.objects.filter(question__in=ids, number=F("question__version_number"))
    asked = {version.question_id: version for version in current}
    lines = AssessmentItem.objects.filter(question__in=ids).values_list("question_id", flat=True)
    counts: dict[UUID, int] = {}
    for question_id in lines:
        counts[question_id] = counts.get(question_id, 0) + 1
    open_ids = set(readable)
    return [
        {
            "question": question.id,
            "question_type": asked[question.id].question_type,
            "question_text": asked[question.id].question_text if question.id in open_ids else "",
            "is_current": asked[question.id].rubric_id == rubric.id,
            "assessment_count": counts.get(question.id, 0),
        }
        for question in questions
    ]
