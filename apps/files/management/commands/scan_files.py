"""`scan_files`: give the scanner what it has not seen, for example after it was set up or was away for long."""

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from apps.core.management.tenants import tenants_named
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.services.scanning import NoScanner, request_scans

UNSEEN: Final = (ScanState.NOT_SCANNED, ScanState.ERROR, ScanState.PENDING)
EVERYTHING: Final = tuple(ScanState)


class Command(BaseCommand):
    """Request scans, school by school; workers do them."""

    help = "Have files scanned for malware that were not scanned yet or whose scan failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="everything again, with the signatures of today")
        parser.add_argument("--tenant", metavar="SLUG", help="of this school alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Request, and print one line per school."""
        tenants = tenants_named(options["tenant"])
        states = EVERYTHING if options["all"] else UNSEEN
        for tenant in tenants:
            self.stdout.write(f"{tenant.slug}: {self._requested(tenant, states)} scans requested.")

    def _requested(self, tenant: Tenant, states: tuple[ScanState, ...]) -> int:
        count, last = 0, None
        with tenant_context(tenant):
            while True:
                try:
                    found, last = request_scans(states=states, after=last)
                except NoScanner as error:
                    message = "No malware scanner is set up: set CLAMD_URL."
                    raise CommandError(message) from error
                if last is None:
                    return count
                count += found
