"""What enrolments do when courses change."""

from apps.core.events import handles
from apps.courses.events import CourseStructureChanged
from apps.enrollments.services import recalculate_course


@handles(CourseStructureChanged)
def recalculate_progress(event: CourseStructureChanged) -> None:
    """Percentages follow what counts now; who has nothing left to do has completed the course."""
    recalculate_course(course_id=event.course_id)
