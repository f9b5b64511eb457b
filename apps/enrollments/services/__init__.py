"""Everything that changes enrolments and progress. Who may call what is the policies' business."""

from apps.enrollments.services.bulk import BulkRow, TooManyLearners, enroll_many
from apps.enrollments.services.completion import Standing, recalculate_course
from apps.enrollments.services.enrolling import (
    AccessIsOver,
    AlreadyEnrolled,
    CourseNotOpen,
    PaymentRequired,
    PrerequisitesMissing,
    SelfEnrollmentClosed,
    enroll,
)
from apps.enrollments.services.progress import (
    BulkReportRow,
    ContentNotFound,
    EnrollmentNotOpen,
    ModuleLocked,
    NotEnrolled,
    Report,
    Reported,
    TooManyReports,
    report_many,
    report_progress,
    reset_progress,
)
from apps.enrollments.services.transitions import (
    ExpiryInThePast,
    change_enrollment_expiry,
    change_enrollment_status,
    expire_due_enrollments,
)

__all__ = [
    "AccessIsOver",
    "AlreadyEnrolled",
    "BulkReportRow",
    "BulkRow",
    "ContentNotFound",
    "CourseNotOpen",
    "EnrollmentNotOpen",
    "ExpiryInThePast",
    "ModuleLocked",
    "NotEnrolled",
    "PaymentRequired",
    "PrerequisitesMissing",
    "Report",
    "Reported",
    "SelfEnrollmentClosed",
    "Standing",
    "TooManyLearners",
    "TooManyReports",
    "change_enrollment_expiry",
    "change_enrollment_status",
    "enroll",
    "enroll_many",
    "expire_due_enrollments",
    "recalculate_course",
    "report_many",
    "report_progress",
    "reset_progress",
]
