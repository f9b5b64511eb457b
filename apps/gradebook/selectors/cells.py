"""One cell, whether anything has been graded in it or not."""

from uuid import UUID

from apps.enrollments.models import Enrollment
from apps.gradebook.models import Grade, GradeItem


def empty_cell(item_id: UUID, user_id: UUID) -> Grade:
    """Return the cell in which nothing has been graded; it is not saved, and its version is 0."""
    return Grade(item_id=item_id, user_id=user_id, version=0)


def cell_of(item: GradeItem, user_id: UUID) -> Grade | None:
    """Return a learner's cell; None for somebody who is not in the item's course and never was."""
    cell = Grade.objects.filter(item=item, user_id=user_id).first()
    if cell is not None:
        return cell
    is_learner = Enrollment.objects.filter(course_id=item.course_id, user_id=user_id).exists()
    return empty_cell(item.id, user_id) if is_learner else None
