"""What stands beside a question for people who grade and are graded: its rubric, and the files handed in."""

from collections.abc import Sequence
from typing import Any

from apps.assessments.models import Attempt, AttemptAnswer
from apps.assessments.selectors.files import files_of
from apps.assessments.selectors.rubrics import rubric_grade_view, rubric_view, rubrics_of
from apps.assessments.selectors.shown import Shown


def add_work(views: Sequence[dict[str, Any]], attempt: Attempt, shown: Shown) -> None:
    """Add to the questions of an attempt, as they go over the wire, what the reader may see of rubrics and files.

    A rubric is shown with the feedback, or from the start where its question says so; what a person said by it, with
    the feedback alone, and its points under `shown.score`. Three statements at most, and none for a paper that names
    no rubric and asks for no file.

    Args:
        views: of the questions, in the order of the paper; changed in place.
        attempt: whose.
        shown: what the reader may see of its result.
    """
    files = files_of(attempt)
    rubrics = rubrics_of(attempt.paper, shown_only=not shown.feedback)
    judged = _judged(attempt) if rubrics and shown.feedback else {}
    for slot, view in zip(attempt.paper, views, strict=True):
        question = slot["question"]
        if (attempt.id, question) in files:
            view["files"] = files[attempt.id, question]
        version = rubrics.get(slot.get("rubric", ""))
        if version is not None and (shown.feedback or slot["shows_rubric"]):
            view["rubric"] = rubric_view(version, for_grader=shown.notes)
        if question in judged:
            view["rubric_grade"] = rubric_grade_view(judged[question], with_points=shown.score)


def _judged(attempt: Attempt) -> dict[str, Any]:
    """Return what people said by rubrics, by question."""
    rows = AttemptAnswer.objects.filter(attempt_id=attempt.id, rubric__isnull=False)
    return {str(question_id): rubric for question_id, rubric in rows.values_list("question_id", "rubric")}
