"""What a passed assessment does in its course."""

from uuid import UUID

from django.db import transaction

from apps.assessments.models import Assessment
from apps.courses.models import ContentItem
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.services import (
    ContentNotFound,
    EnrollmentNotOpen,
    ModuleLocked,
    NotEnrolled,
    Report,
    report_progress,
)
from apps.users.models import User

CONTENT_TYPES = ("quiz", "assignment")


@transaction.atomic
def complete_quiz_items(*, assessment_id: UUID, user_id: UUID) -> int:
    """Complete the content items that stand for the assessment, for one learner; return how many.

    Reports are idempotent, so it may run twice. Where the learner has lost the course meanwhile, or the item is not
    open to them, nothing is completed.
    """
    assessment = Assessment.objects.get(id=assessment_id)
    user = User.objects.get(id=user_id)
    items = ContentItem.objects.filter(
        course_id=assessment.course_id,
        content_type__in=CONTENT_TYPES,
        payload__assessment_id=str(assessment_id),
    )
    count = 0
    for item_id in items.order_by("id").values_list("id", flat=True):
        try:
            with transaction.atomic():
                report_progress(
                    user=user, report=Report(content_item_id=item_id, status=ProgressStatus.COMPLETED, percentage=100)
                )
            count += 1
        except (ContentNotFound, NotEnrolled, EnrollmentNotOpen, ModuleLocked):
            continue
    return count
