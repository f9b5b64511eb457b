"""`allow_browser_uploads`: let the pages of the front ends reach the object store."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.core.storage import BrowserRulesUnsupported, object_store


class Command(BaseCommand):
    """Set the store's CORS rules from `CORS_ALLOWED_ORIGINS`; once per store, and whenever the origins change."""

    help = "Set the object store's CORS rules, so that pages of CORS_ALLOWED_ORIGINS may upload to it and download."

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the rules, or print them for the operator to set."""
        origins = settings.CORS_ALLOWED_ORIGINS
        if not origins:
            message = "CORS_ALLOWED_ORIGINS is empty: list the origins of your front ends, with scheme and port."
            raise CommandError(message)
        store = object_store()
        try:
            store.allow_browsers(origins)
        except BrowserRulesUnsupported as error:
            self.stdout.write(error.rules)
            message = (
                "This store takes no CORS rules by its API. Set those above by its own means (MinIO: "
                "MINIO_API_CORS_ALLOW_ORIGIN; Swift: the container's X-Container-Meta-Access-Control-Allow-Origin)."
            )
            raise CommandError(message) from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Pages of {', '.join(origins)} may upload and download (store: {store.name}).")
