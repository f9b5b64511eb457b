"""`sync_gradebooks`: the gradebooks say what the assessments say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.assessments.models import Assessment
from apps.core.management.tenants import tenants_named
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook.services import sync_item


class Command(BaseCommand):
    """Bring items and cells to what assessments and attempts say; each assessment is a transaction of its own."""

    help = "Fill the gradebooks from the assessments that are there: once after an upgrade. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="of this school alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go from school to school, and print how much there was."""
        tenants = tenants_named(options["tenant"])
        items = sum(self._sync(tenant) for tenant in tenants)
        self.stdout.write(f"{len(tenants)} schools looked at, {items} items say what their assessments say.")

    @staticmethod
    def _sync(tenant: Tenant) -> int:
        with tenant_context(tenant):
            ids = list(Assessment.objects.order_by("course_id", "created_at", "id").values_list("id", flat=True))
            return sum(sync_item(assessment_id=assessment_id) is not None for assessment_id in ids)
