"""Final grades that people give: they count instead of the computed ones."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.policies import Actor
from apps.enrollments.models import Enrollment
from apps.gradebook.calculation import label_of
from apps.gradebook.choices import ChangeKind
from apps.gradebook.models import FinalGrade, GradebookChange
from apps.gradebook.selectors.totals import settings_of
from apps.gradebook.services.cell_changes import NotEnrolled, OwnGrade, ReasonMissing
from apps.gradebook.services.locking import lock_open_gradebook


class FinalGradeChanged(DomainError):
    """Somebody else has changed the final grade since the caller looked."""

    status = 412
    code = "precondition_failed"
    default_detail = "The final grade has changed since you read it. Read it again and repeat your change."


@transaction.atomic
def override_final_grade(
    *,
    course_id: UUID,
    user_id: UUID,
    percentage: Decimal | None,
    reason: str,
    by: Actor,
    version: int | None = None,
    now: datetime | None = None,
) -> FinalGrade:
    """Give a learner a final grade, or take back what was given.

    Args:
        course_id: of which course.
        user_id: whose.
        percentage: in per cent, with two decimals; None: the computed one is to count.
        reason: why.
        by: who gives it.
        version: of the final grade as they saw it, 0 for one without a row; None: they do not say.
        now: the moment.

    Raises:
        GradebookFrozen, GradebookFreezing, NotEnrolled, OwnGrade, FinalGradeChanged, ReasonMissing: it stays as it is.
    """
    lock_open_gradebook(course_id)
    if user_id == by.id:
        raise OwnGrade
    if not Enrollment.objects.filter(course_id=course_id, user_id=user_id).exists():
        raise NotEnrolled
    final = FinalGrade.objects.filter(course_id=course_id, user_id=user_id).first()
    final = final or FinalGrade(course_id=course_id, user_id=user_id, version=0)
    if version not in {None, final.version}:
        raise FinalGradeChanged
    before = final.override_percentage
    if before == percentage:
        return final
    if not reason.strip():
        message = "Say why the final grade is not to be the computed one, or is to be it again."
        raise ReasonMissing(message)
    final.override_percentage = percentage
    final.label, final.is_passed = label_of(settings_of(course_id).bands, percentage)
    final.version += 1
    final.save()
    GradebookChange.objects.create(
        course_id=course_id, user_id=user_id, actor_id=by.id, reason=reason.strip(), from_score=before,
        to_score=percentage, occurred_at=now or timezone.now(),
        kind=ChangeKind.FINAL_CLEARED if percentage is None else ChangeKind.FINAL_OVERRIDDEN,
    )  # fmt: skip
    return final
