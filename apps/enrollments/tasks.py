"""The clock of enrolments."""

from celery import shared_task

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.enrollments.services import expire_due_enrollments


@shared_task(name="enrollments.expire")
def expire_enrollments() -> int:
    """Expire what is past its time, school by school; return how many enrolments."""
    with platform_context(reason="list tenants whose enrolments may expire"):
        tenant_ids = list(Tenant.objects.values_list("id", flat=True))
    count = 0
    for tenant_id in tenant_ids:
        with tenant_context(tenant_id):
            count += expire_due_enrollments()
    return count
