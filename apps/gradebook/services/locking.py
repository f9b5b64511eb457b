"""The lock of a gradebook: what staff change in a course happens one after the other, and never once it is frozen.

While a freeze is at work nothing changes either: its job holds the gradebook (`freeze_job_id`, `freezing_at`). The hold
is worth what the job is: one whose job has failed, was cancelled or is gone holds nothing, and the next change
removes it.
"""

from uuid import UUID

from apps.core.choices import JobState
from apps.core.errors import Conflict
from apps.core.models import Job
from apps.gradebook.models import Gradebook


class GradebookFrozen(Conflict):
    """The final grades stand."""

    code = "gradebook_frozen"
    default_detail = (
        "The final grades of this course are frozen. Open them again (unfreeze) before you change anything."
    )


class GradebookFreezing(Conflict):
    """The final grades are being computed at this moment."""

    code = "gradebook_freezing"
    default_detail = "The final grades of this course are being frozen. Wait for that job to end, or cancel it."


def lock_gradebook(course_id: UUID) -> Gradebook:
    """Return the gradebook of a course, written down now if it was not, and locked until the transaction ends."""
    Gradebook.objects.bulk_create([Gradebook(course_id=course_id)], ignore_conflicts=True)
    return Gradebook.objects.select_for_update().get(course_id=course_id)


def lock_open_gradebook(course_id: UUID) -> Gradebook:
    """Return the locked gradebook of a course.

    Raises:
        GradebookFrozen: the final grades stand.
        GradebookFreezing: they are being computed.
    """
    gradebook = lock_gradebook(course_id)
    require_open(gradebook)
    if gradebook.freeze_job_id is not None:
        gradebook.freeze_job_id = gradebook.freezing_at = None
        gradebook.save(update_fields=["freeze_job_id", "freezing_at"])
    return gradebook


def require_open(gradebook: Gradebook) -> None:
    """Refuse to go on with a gradebook in which nothing may change.

    Raises:
        GradebookFrozen: the final grades stand.
        GradebookFreezing: they are being computed.
    """
    if gradebook.frozen_at is not None:
        raise GradebookFrozen
    if is_being_frozen(gradebook):
        raise GradebookFreezing


def is_being_frozen(gradebook: Gradebook) -> bool:
    """Whether a job that has not ended holds the gradebook, and has not frozen it yet."""
    return gradebook.frozen_at is None and has_freeze_at_work(gradebook)


def has_freeze_at_work(gradebook: Gradebook) -> bool:
    """Whether the job that freezes the gradebook, or has frozen it, has not ended: it may run again."""
    if gradebook.freeze_job_id is None:
        return False
    unfinished = (JobState.QUEUED, JobState.RUNNING)
    return Job.objects.filter(id=gradebook.freeze_job_id, state__in=unfinished).exists()
