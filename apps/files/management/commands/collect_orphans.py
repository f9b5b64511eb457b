"""`collect_orphans`: delete bytes that nothing refers to any more, or say how many there are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.management.tenants import tenants_named
from apps.core.tenancy.context import tenant_context
from apps.files.services.collecting import collect_orphans


class Command(BaseCommand):
    """Do by hand what the periodic task does every night, and say what it found in each school."""

    help = "Delete objects, blobs and unfinished uploads that no file refers to any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count them")
        parser.add_argument("--tenant", metavar="SLUG", help="of this school alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, and print one line per school."""
        verb = "found" if options["dry_run"] else "deleted"
        for tenant in tenants_named(options["tenant"]):
            with tenant_context(tenant):
                found = collect_orphans(now=timezone.now(), is_dry_run=options["dry_run"])
            self.stdout.write(
                f"{tenant.slug}: {verb} {found.objects} objects ({found.object_bytes} bytes), {found.blobs} blobs "
                f"without a version, {found.multiparts} unfinished uploads in parts."
            )
