"""`check_storage`: does the object store do all that the product asks of it?"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.storage import object_store
from apps.core.storage.proving import prove


class Command(BaseCommand):
    """Prove the configured store step by step: bytes go up and down by the same signed URLs that clients get."""

    help = (
        "Write, sign, upload, download and delete against the configured object store; one line per step. On the local "
        "disk the server must run, since the signed URLs lead to PUBLIC_BASE_URL/storage/."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each step; exit with 1 if one failed."""
        store = object_store()
        self.stdout.write(f"The store is: {store.name}")
        failed = 0
        for proof in prove(store):
            failed += bool(proof.problem)
            self.stdout.write(f"  {proof.step}: failed, {proof.problem}" if proof.problem else f"  {proof.step}: ok")
        if failed:
            message = f"{failed} of the steps failed. See docs/operations.md, 'Files and the object store'."
            if store.name == "local":
                message += f" Is the server running, and at PUBLIC_BASE_URL ({settings.PUBLIC_BASE_URL})?"
            raise CommandError(message)
