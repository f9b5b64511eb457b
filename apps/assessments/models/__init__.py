"""Questions and their versions, assessments, attempts with their answers, files and journal, rubrics."""

from apps.assessments.models.assessments import Accommodation, Assessment, AssessmentItem
from apps.assessments.models.attempts import Attempt, AttemptAnswer, GradeChange, JournalEntry
from apps.assessments.models.files import AttemptFile
from apps.assessments.models.guesses import AccessCodeGuess
from apps.assessments.models.questions import KeyCorrection, Question, QuestionCategory, QuestionVersion
from apps.assessments.models.rubrics import Rubric, RubricVersion

__all__ = [
    "AccessCodeGuess",
    "Accommodation",
    "Assessment",
    "AssessmentItem",
    "Attempt",
    "AttemptAnswer",
    "AttemptFile",
    "GradeChange",
    "JournalEntry",
    "KeyCorrection",
    "Question",
    "QuestionCategory",
    "QuestionVersion",
    "Rubric",
    "RubricVersion",
]
