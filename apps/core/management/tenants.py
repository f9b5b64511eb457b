"""What commands with `--tenant SLUG` share."""

from django.core.management.base import CommandError

from apps.core.each_tenant import all_tenants
from apps.core.models import Tenant


def tenants_named(slug: str | None) -> list[Tenant]:
    """Return all schools, or the one with this slug.

    Raises:
        CommandError: there is none with it.
    """
    tenants = all_tenants(slug)
    if slug and not tenants:
        message = f"There is no school {slug}. Name one by its slug, or leave --tenant out for all."
        raise CommandError(message)
    return tenants
