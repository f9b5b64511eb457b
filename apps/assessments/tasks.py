"""The clock of assessments."""

from celery import shared_task
from django.utils import timezone

from apps.assessments.services import submit_overdue_attempts
from apps.assessments.services.admission import purge_guesses
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context


@shared_task(name="assessments.submit_overdue")
def submit_overdue() -> int:
    """Hand in what is past its deadline, school by school; return how many attempts."""
    with platform_context(reason="list tenants whose attempts may be overdue"):
        tenant_ids = list(Tenant.objects.values_list("id", flat=True))
    count = 0
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += submit_overdue_attempts(now=timezone.now())
    return count


@shared_task(name="assessments.purge")
def purge() -> int:
    """Delete wrong access codes that count no more, school by school; return how many."""
    with platform_context(reason="list tenants whose guesses are to be purged"):
        tenant_ids = list(Tenant.objects.order_by("id").values_list("id", flat=True))
    count = 0
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += purge_guesses(now=timezone.now())
    return count
