"""Custom domains of a tenant. A domain leads to the tenant only once its ownership is proven.

How it is proven is the operator's choice: `DOMAIN_PROOF` in the settings names a function from a
`TenantDomain` to bool (a DNS or HTTP look-up of `verification_token`, say). Without one, the platform's staff
look for themselves and confirm.
"""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.core.errors import Conflict
from apps.core.models import Tenant, TenantDomain
from apps.core.policies import Actor
from apps.core.tenancy.context import tenant_context


class DomainTaken(Conflict):
    """A tenant has this domain already."""

    code = "domain_taken"
    default_detail = "This domain belongs to a school of this installation already."
    default_field = "domain"


class DomainNotProven(Conflict):
    """The proof of ownership was not found."""

    code = "domain_not_proven"
    default_detail = (
        "The verification token was not found at the domain. Publish it as a TXT record, wait until it is visible, "
        "and try again."
    )


class DomainNotVerified(Conflict):
    """Only a verified domain can be the primary one."""

    code = "domain_not_verified"
    default_detail = "Verify the domain first; only then can it be the school's primary one."


def confirmed_by_staff(domain: TenantDomain) -> bool:
    """Take the word of the platform's staff, who alone may call `verify_domain`."""
    del domain
    return True


def add_domain(*, tenant: Tenant, domain: str, by: Actor | None) -> TenantDomain:
    """Note a custom domain; it leads nowhere until it is verified.

    Raises:
        ValidationError: it is no host name.
        DomainTaken: a tenant has it already.
    """
    del by
    with tenant_context(tenant):
        row = TenantDomain(domain=domain.lower().rstrip("."), verification_token=secrets.token_urlsafe(24))
        row.clean_fields()
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise DomainTaken from error
    return row


def verify_domain(*, domain: TenantDomain, by: Actor | None) -> TenantDomain:
    """Let the domain lead to its tenant, if the proof of ownership is there. Verifying twice changes nothing.

    Raises:
        DomainNotProven: it is not.
    """
    del by
    if not import_string(getattr(settings, "DOMAIN_PROOF", f"{__name__}.confirmed_by_staff"))(domain):
        raise DomainNotProven
    if domain.verified_at is None:
        domain.verified_at = timezone.now()
        with tenant_context(domain.tenant):
            domain.save(update_fields=["verified_at"])
    return domain


def set_primary_domain(*, domain: TenantDomain, by: Actor | None) -> TenantDomain:
    """Make this the domain that the tenant's links carry.

    Raises:
        DomainNotVerified: its ownership is not proven.
    """
    del by
    if domain.verified_at is None:
        raise DomainNotVerified
    with tenant_context(domain.tenant), transaction.atomic():
        Tenant.objects.select_for_update().get(id=domain.tenant.id)
        TenantDomain.objects.filter(is_primary=True).exclude(id=domain.id).update(is_primary=False)
        domain.is_primary = True
        domain.save(update_fields=["is_primary"])
    return domain


def remove_domain(*, domain: TenantDomain, by: Actor | None) -> None:
    """Forget a custom domain; from now on it leads nowhere."""
    del by
    with tenant_context(domain.tenant):
        domain.delete()
