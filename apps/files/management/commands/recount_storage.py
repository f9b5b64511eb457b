"""`recount_storage`: prove that the counters of storage say what the rows say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.management.tenants import tenants_named
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.services.quota import recount


class Command(BaseCommand):
    """Compare, and fail where they differ, so that a monitor notices; `--repair` sets them right."""

    help = "Compare the counters of storage with the versions and open uploads that they count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="set the counters right")
        parser.add_argument("--tenant", metavar="SLUG", help="of this school alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and print what differs."""
        tenants = tenants_named(options["tenant"])
        differences = sum(self._recount(tenant, repair=options["repair"]) for tenant in tenants)
        if differences and not options["repair"]:
            message = f"{differences} counters are wrong; run again with --repair to set them right."
            raise CommandError(message)
        outcome = "set right" if differences else "wrong"
        self.stdout.write(f"{len(tenants)} schools looked at, {differences} counters {outcome}.")

    def _recount(self, tenant: Tenant, *, repair: bool) -> int:
        with tenant_context(tenant):
            wrong = recount(repair=repair)
        for entry in wrong:
            whose = f"person {entry.user_id}" if entry.user_id else "the school"
            self.stdout.write(
                f"{tenant.slug}: {whose} is counted with {entry.counted[0]} bytes used and {entry.counted[1]} "
                f"reserved; there are {entry.found[0]} and {entry.found[1]}."
            )
        return len(wrong)
