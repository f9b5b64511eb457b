"""`flush`, as the owner of the tables."""

from typing import Any

from django.core.management.commands import flush

from apps.core.tenancy.owner import owner_connection


class Command(flush.Command):
    """Django's command, on a connection that may truncate.

    TRUNCATE is the owner's right alone and knows no row-level security: it empties every tenant's tables.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Empty all tables and reset their sequences."""
        with owner_connection(options["database"]):
            super().handle(*args, **options)
