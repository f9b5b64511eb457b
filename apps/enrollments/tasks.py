"""The clock of enrolments."""

from celery import shared_task

from apps.core.each_tenant import in_each_tenant
from apps.enrollments.services import expire_due_enrollments


@shared_task(name="enrollments.expire")
def expire_enrollments() -> int:
    """Expire what is past its time, school by school; return how many enrolments."""
    return in_each_tenant(expire_due_enrollments)
