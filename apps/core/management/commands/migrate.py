"""`migrate`, as the owner of the tables."""

from typing import Any

from django.core.management.commands import migrate

from apps.core.tenancy.owner import owner_connection


class Command(migrate.Command):
    """Django's command, on a connection that may change the schema."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; policies, composite keys and grants follow in `post_migrate`, still as the owner."""
        with owner_connection(options["database"]):
            super().handle(*args, **options)
