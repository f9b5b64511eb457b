"""The clock of assessments."""

from celery import shared_task
from django.utils import timezone

from apps.assessments.services import submit_overdue_attempts
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
