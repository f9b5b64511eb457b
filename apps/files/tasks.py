"""The clock of files."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.files.services.collecting import Collected, collect_orphans
from apps.files.services.upload_states import close_due

EXPIRY_BATCH: Final = 200


def tenants_to_look_after(slug: str | None = None) -> list[Tenant]:
    """Return all schools, or the one with this slug; each is looked after inside its own context."""
    with platform_context(reason="list tenants whose uploads and objects are looked after"):
        return list(Tenant.objects.filter(**({"slug": slug} if slug else {})).order_by("id"))


# Uploads.
@shared_task(name="files.expire_uploads")
def expire_uploads() -> int:
    """Close what nobody completed in time, school by school and in batches; return how many uploads."""
    now = timezone.now()
    count = 0
    for tenant in tenants_to_look_after():
        with tenant_context(tenant):
            while closed := close_due(now=now, limit=EXPIRY_BATCH):
                count += closed
    return count


@shared_task(name="files.collect_orphans")
def collect_all_orphans() -> int:
    """Delete what nothing refers to any more, school by school; return how many objects, blobs and uploads."""
    total = Collected()
    for tenant in tenants_to_look_after():
        with tenant_context(tenant):
            total += collect_orphans(now=timezone.now())
    return total.blobs + total.objects + total.multiparts
