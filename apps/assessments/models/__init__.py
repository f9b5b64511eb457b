"""Questions and their versions, assessments, attempts with their answers and journal."""

from apps.assessments.models.assessments import Accommodation, Assessment, AssessmentItem
from apps.assessments.models.attempts import Attempt, AttemptAnswer, GradeChange, JournalEntry
from apps.assessments.models.questions import KeyCorrection, Question, QuestionCategory, QuestionVersion

__all__ = [
    "Accommodation",
    "Assessment",
    "AssessmentItem",
    "Attempt",
    "AttemptAnswer",
    "GradeChange",
    "JournalEntry",
    "KeyCorrection",
    "Question",
    "QuestionCategory",
    "QuestionVersion",
]
