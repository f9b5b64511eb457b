"""The Django admin of assessments: every change goes through the services, so the same rules hold."""

from apps.assessments.admin.assessments import (
    AccessCodeGuessAdmin,
    AccommodationAdmin,
    AssessmentAdmin,
    AssessmentItemAdmin,
)
from apps.assessments.admin.attempts import AttemptAdmin, AttemptAnswerAdmin, GradeChangeAdmin, JournalEntryAdmin
from apps.assessments.admin.bank import QuestionAdmin, QuestionCategoryAdmin, QuestionVersionAdmin
from apps.assessments.admin.rubrics import AttemptFileAdmin, RubricAdmin, RubricVersionAdmin

__all__ = [
    "AccessCodeGuessAdmin",
    "AccommodationAdmin",
    "AssessmentAdmin",
    "AssessmentItemAdmin",
    "AttemptAdmin",
    "AttemptAnswerAdmin",
    "AttemptFileAdmin",
    "GradeChangeAdmin",
    "JournalEntryAdmin",
    "QuestionAdmin",
    "QuestionCategoryAdmin",
    "QuestionVersionAdmin",
    "RubricAdmin",
    "RubricVersionAdmin",
]
