"""The one DRF permission class: it asks the view's policy."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from apps.core.choices import TenantStatus
from apps.core.errors import PermissionRefused, TenantRequired
from apps.core.tenancy.context import current_scope


class TenantIsReadOnly(PermissionRefused):
    """The school may be read, but nothing in it may change."""

    code = "tenant_read_only"
    default_detail = "This school is read-only at the moment; nothing in it can be changed."


class PolicyPermission(BasePermission):
    """Ask `view.policy` whether the actor may do `view.action`: at all, then to the object."""

    def has_permission(self, request: Request, view: Any) -> bool:
        action = view.action
        if action is None:  # a method that the view does not have: DRF answers 405
            return True
        if not view.policy.can(request.user, action):
            if not request.user.is_authenticated:
                raise NotAuthenticated
            raise PermissionDenied
        if request.method not in SAFE_METHODS:
            _refuse_writes_without_tenant(view)
            _refuse_writes_to_read_only_tenant(request, view)
        return True

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        return bool(view.policy.can(request.user, view.action, obj))


def _refuse_writes_without_tenant(view: Any) -> None:
    if current_scope().platform and not getattr(view, "works_without_tenant", False):
        raise TenantRequired


def _refuse_writes_to_read_only_tenant(request: Request, view: Any) -> None:
    if getattr(view, "works_in_read_only_tenant", False):
        return
    tenant = getattr(request, "tenant", None)
    if tenant is not None and tenant.status == TenantStatus.READ_ONLY:
        raise TenantIsReadOnly
