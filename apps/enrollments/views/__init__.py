"""The HTTP edge of enrolments and progress."""

from apps.enrollments.views.courses import CourseRosterViewSet, CourseStatsViewSet
from apps.enrollments.views.enrollments import EnrollmentHistoryViewSet, EnrollmentViewSet, OwnEnrollmentViewSet
from apps.enrollments.views.progress import ProgressViewSet

__all__ = [
    "CourseRosterViewSet",
    "CourseStatsViewSet",
    "EnrollmentHistoryViewSet",
    "EnrollmentViewSet",
    "OwnEnrollmentViewSet",
    "ProgressViewSet",
]
