"""Everything that changes assessments, attempts and grades. Who may call what is the policies' business."""

from apps.assessments.services.accommodations import (
    AccommodationTwice,
    InvalidWindow,
    NotForOne,
    change_accommodation,
    create_accommodation,
    delete_accommodation,
)
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
from apps.assessments.services.copying import copy_assessment
from apps.assessments.services.deadlines import submit_overdue_attempts
from apps.assessments.services.journal import OPEN_TO_LEARNERS, check_journal
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
from apps.assessments.services.standing import Standing, standing_of
from apps.assessments.services.starting import Started, start_attempt
from apps.assessments.services.taking import Taken, look_at_attempt, take_attempt

__all__ = [
    "OPEN_TO_LEARNERS",
    "AccommodationTwice",
    "AssessmentTaken",
    "AttemptOver",
    "CategoryInUse",
    "CategoryTwice",
    "InvalidDates",
    "InvalidNetwork",
    "InvalidStatus",
    "InvalidWindow",
    "NotASection",
    "NotForOne",
    "QuestionArchived",
    "QuestionTwice",
    "Receipt",
    "Standing",
    "Started",
    "Taken",
    "UnknownQuestion",
    "add_question",
    "add_section",
    "change_accommodation",
    "change_assessment",
    "change_category",
    "change_item",
    "change_question",
    "check_journal",
    "complete_quiz_items",
    "copy_assessment",
    "create_accommodation",
    "create_assessment",
    "create_category",
    "create_question",
    "delete_accommodation",
    "delete_assessment",
    "delete_category",
    "look_at_attempt",
    "put_new_question",
    "remove_item",
    "reorder_items",
    "standing_of",
    "start_attempt",
    "submit_overdue_attempts",
    "take_attempt",
]
