"""The clock of assessments."""

from celery import shared_task
from django.utils import timezone

from apps.assessments.services import submit_overdue_attempts
from apps.assessments.services.admission import purge_guesses
from apps.core.each_tenant import in_each_tenant


@shared_task(name="assessments.submit_overdue")
def submit_overdue() -> int:
    """Hand in what is past its deadline, school by school; return how many attempts."""
    return in_each_tenant(lambda: submit_overdue_attempts(now=timezone.now()))


@shared_task(name="assessments.purge")
def purge() -> int:
    """Delete wrong access codes that count no more, school by school; return how many."""
    return in_each_tenant(lambda: purge_guesses(now=timezone.now()))
