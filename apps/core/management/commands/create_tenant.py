"""`create_tenant`: a new school from the shell."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.core.services import create_tenant


class Command(BaseCommand):
    """Create a tenant; `create_admin` then makes its first account."""

    help = "Create a school. Its first account is made with `create_admin`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='the name that people see, such as "Acme Learning"')
        parser.add_argument("slug", help="the first label of its host name, such as acme")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, or say in one line why not."""
        try:
            tenant = create_tenant(name=options["name"], slug=options["slug"])
        except (DomainError, ValidationError) as error:
            text = error.detail if isinstance(error, DomainError) else " ".join(error.messages)
            raise CommandError(text) from error
        self.stdout.write(f"{tenant.name} ({tenant.slug}) is there. Now make its first account: create_admin.")
