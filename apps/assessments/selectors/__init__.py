"""Reads that join several models, one module per noun."""

from apps.assessments.selectors.attempts import (
    attempt_view,
    keys_of,
)
from apps.assessments.selectors.files import files_of, handed_in_files
from apps.assessments.selectors.grading import (
    Change,
    OpenAnswer,
    change_view,
    grade_changes,
    named,
    open_answers,
    pseudonym,
)
from apps.assessments.selectors.questions import (
    assessments_with,
    usage_rows,
)
from apps.assessments.selectors.rubrics import (
    questions_with,
    rubric_grade_view,
    rubric_usage_rows,
    rubric_versions,
    rubric_view,
    rubrics_of,
)
from apps.assessments.selectors.shown import (
    EVERYTHING,
    Shown,
    shown_to_learner,
)
from apps.assessments.selectors.statistics import (
    ALL,
    FIRST,
    LAST,
    AssessmentStatistics,
    QuestionStatistics,
    assessment_statistics,
)

__all__ = [
    "ALL",
    "EVERYTHING",
    "FIRST",
    "LAST",
    "AssessmentStatistics",
    "Change",
    "OpenAnswer",
    "QuestionStatistics",
    "Shown",
    "assessment_statistics",
    "assessments_with",
    "attempt_view",
    "change_view",
    "files_of",
    "grade_changes",
    "handed_in_files",
    "keys_of",
    "named",
    "open_answers",
    "pseudonym",
    "questions_with",
    "rubric_grade_view",
    "rubric_usage_rows",
    "rubric_versions",
    "rubric_view",
    "rubrics_of",
    "shown_to_learner",
    "usage_rows",
]
