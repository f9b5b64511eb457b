"""Everything that changes assessments, attempts and grades. Who may call what is the policies' business."""

from apps.assessments.services.authoring import (
    AssessmentTaken,
    InvalidDates,
    InvalidNetwork,
    QuestionTwice,
    add_question,
    change_assessment,
    change_question,
    create_assessment,
    create_question,
    delete_assessment,
    put_new_question,
    remove_item,
)
from apps.assessments.services.consequences import complete_quiz_items
from apps.assessments.services.deadlines import submit_overdue_attempts
from apps.assessments.services.journal import check_journal
from apps.assessments.services.saving import AttemptOver, Receipt, UnknownQuestion
from apps.assessments.services.starting import Started, start_attempt
from apps.assessments.services.taking import Taken, look_at_attempt, take_attempt

__all__ = [
    "AssessmentTaken",
    "AttemptOver",
    "InvalidDates",
    "InvalidNetwork",
    "QuestionTwice",
    "Receipt",
    "Started",
    "Taken",
    "UnknownQuestion",
    "add_question",
    "change_assessment",
    "change_question",
    "check_journal",
    "complete_quiz_items",
    "create_assessment",
    "create_question",
    "delete_assessment",
    "look_at_attempt",
    "put_new_question",
    "remove_item",
    "start_attempt",
    "submit_overdue_attempts",
    "take_attempt",
]
