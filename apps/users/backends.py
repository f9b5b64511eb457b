"""Django's own login (the admin): an account of the host's tenant, or platform staff."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from apps.core.choices import TenantStatus
from apps.core.errors import DomainError
from apps.core.tenancy.context import current_scope, platform_context
from apps.users.entry import EnteredTenant
from apps.users.models import User
from apps.users.requests import client_address
from apps.users.services.login import InvalidCredentials, note_login, prove_account


class TenantBackend(BaseBackend):
    """Finds the account that an address, or a session cookie, means on this host."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Prove address and password just like the API's login, with the same limits.

        Raises:
            ValidationError: too many attempts, something suspended, or a school's account on another host.
        """
        if request is None or not username or not password:
            return None
        named = getattr(request, "named_tenant", None)
        try:
            proof = prove_account(
                email=username,
                password=password,
                tenant_id=named and named.id,
                ip_address=client_address(request),
            )
        except InvalidCredentials:
            return None
        except DomainError as error:
            raise ValidationError(error.detail, code=error.code) from error
        if proof.account.tenant is not None and named is None:
            raise _elsewhere(proof.account.tenant)
        note_login(proof=proof)
        user = proof.account.user
        user.password = proof.encoded  # the cookie's session depends on it: a new password ends it
        return user

    def get_user(self, user_id: UUID) -> User | None:
        """Return the account of a session cookie, if it may work on this host."""
        tenant_id = current_scope().tenant_id
        with platform_context(reason="account of an admin session"):
            user = User.objects.select_related("tenant").filter(id=user_id).first()
        if user is None or not user.is_active:
            return None
        return user if user.tenant is None or _is_open_here(user, tenant_id) else None


def _is_open_here(user: User, tenant_id: UUID | None) -> bool:
    tenant = user.tenant
    return tenant is not None and tenant.id == tenant_id and TenantStatus(tenant.status).allows_login


def _elsewhere(tenant: EnteredTenant) -> ValidationError:
    host = f"{tenant.slug}.{settings.TENANT_BASE_DOMAIN}"
    message = f"This host is for the platform's staff. Log in to {tenant.name} at its own host, {host}."
    return ValidationError(message, code="wrong_host")
