"""The lock of a gradebook: what staff change in a course happens one after the other, and never once it is frozen."""

from uuid import UUID

from apps.core.errors import Conflict
from apps.gradebook.models import Gradebook


class GradebookFrozen(Conflict):
    """The final grades stand."""

    code = "gradebook_frozen"
    default_detail = (
        "The final grades of this course are frozen. Open them again (unfreeze) before you change anything."
    )


def lock_gradebook(course_id: UUID) -> Gradebook:
    """Return the gradebook of a course, written down now if it was not, and locked until the transaction ends."""
    Gradebook.objects.bulk_create([Gradebook(course_id=course_id)], ignore_conflicts=True)
    return Gradebook.objects.select_for_update().get(course_id=course_id)


def lock_open_gradebook(course_id: UUID) -> Gradebook:
    """Return the locked gradebook of a course.

    Raises:
        GradebookFrozen: the final grades stand.
    """
    gradebook = lock_gradebook(course_id)
    if gradebook.frozen_at is not None:
        raise GradebookFrozen
    return gradebook
