"""Django's own login (the admin): an account of the host's tenant, or platform staff."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from apps.core.tenancy.context import current_scope, platform_context
from apps.users.models import User


class TenantBackend(BaseBackend):
    """Finds the account that an address, or a session cookie, means on this host."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        raise NotImplementedError

    def get_user(self, user_id: UUID) -> User | None:
        """Return the account of a session cookie, if it may work on this host."""
        tenant_id = current_scope().tenant_id
        with platform_context(reason="account of an admin session"):
            user = User.objects.filter(id=user_id).first()
        if user is None or not user.is_active:
            return None
        return user if user.is_platform_staff or user.tenant_id == tenant_id else None
