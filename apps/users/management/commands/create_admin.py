"""`create_admin <slug> <email>`: a school's first admin, or one more."""

import getpass
import os
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.choices import Role
from apps.users.services.accounts import create_account

VARIABLE = "LMS_ADMIN_PASSWORD"


class Command(BaseCommand):
    """Make an admin of one school."""

    help = f"Create an admin of a school. The password: from {VARIABLE}, else asked for, else (--generate) made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", help="the school's slug")
        parser.add_argument("email")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--generate", action="store_true", help="make a password and print it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or say why not."""
        with platform_context(reason="create_admin"):
            tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            message = f"There is no school with the slug {options['tenant']}; make it with create_tenant."
            raise CommandError(message)
        password = secrets.token_urlsafe(16) if options["generate"] else given_password()
        try:
            with tenant_context(tenant):
                user = create_account(
                    email=options["email"],
                    password=password,
                    roles=[Role.ADMIN],
                    first_name=options["first_name"],
                    last_name=options["last_name"],
                    by=None,
                )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{user.email} is an admin of {tenant.name}.")
        if options["generate"]:
            self.stdout.write(f"Password: {password}")


def given_password() -> str:
    """Return the password of the environment, or ask for it twice."""
    if password := os.environ.get(VARIABLE):
        return password
    if not sys.stdin.isatty():
        message = f"Nobody is here to type a password: set {VARIABLE}, or use --generate."
        raise CommandError(message)
    password = getpass.getpass()
    if password != getpass.getpass("Password (again): "):
        message = "The two passwords differ; nothing was made."
        raise CommandError(message)
    return password
