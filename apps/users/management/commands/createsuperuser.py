"""`createsuperuser`: an account of the platform's staff."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from apps.core.tenancy.context import platform_context


class Command(createsuperuser.Command):
    """Django's command; the account belongs to no tenant."""

    help = "Create an account of the platform's staff."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for address and password, or take DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD."""
        with platform_context(reason="createsuperuser"):
            super().handle(*args, **options)
