"""Everything that changes assessments, attempts and grades. Who may call what is the policies' business."""

from apps.assessments.services.authoring import (
    AssessmentTaken,
    InvalidDates,
    InvalidNetwork,
    InvalidStatus,
    change_assessment,
    create_assessment,
    delete_assessment,
)
from apps.assessments.services.bank import (
    CategoryInUse,
    CategoryTwice,
    change_category,
    change_question,
    create_category,
    create_question,
    delete_category,
    put_new_question,
)
from apps.assessments.services.consequences import complete_quiz_items
from apps.assessments.services.deadlines import submit_overdue_attempts
from apps.assessments.services.journal import check_journal
from apps.assessments.services.lines import (
    NotASection,
    QuestionArchived,
    QuestionTwice,
    add_question,
    add_section,
    change_item,
    remove_item,
    reorder_items,
)
from apps.assessments.services.saving import AttemptOver, Receipt, UnknownQuestion
from apps.assessments.services.starting import Started, start_attempt
from apps.assessments.services.taking import Taken, look_at_attempt, take_attempt

__all__ = [
    "AssessmentTaken",
    "AttemptOver",
    "CategoryInUse",
    "CategoryTwice",
    "InvalidDates",
    "InvalidNetwork",
    "InvalidStatus",
    "NotASection",
    "QuestionArchived",
    "QuestionTwice",
    "Receipt",
    "Started",
    "Taken",
    "UnknownQuestion",
    "add_question",
    "add_section",
    "change_assessment",
    "change_category",
    "change_item",
    "change_question",
    "check_journal",
    "complete_quiz_items",
    "create_assessment",
    "create_category",
    "create_question",
    "delete_assessment",
    "delete_category",
    "look_at_attempt",
    "put_new_question",
    "remove_item",
    "reorder_items",
    "start_attempt",
    "submit_overdue_attempts",
    "take_attempt",
]
