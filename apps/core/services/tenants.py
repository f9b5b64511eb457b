"""Tenants come, change, and close."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction

from apps.core.choices import TenantStatus
from apps.core.errors import Conflict, InvalidInput
from apps.core.events import emit
from apps.core.models import Tenant
from apps.core.platform_events import TenantCreated, TenantStatusChanged
from apps.core.policies import Actor, actor_id_of
from apps.core.tenancy.context import platform_context, tenant_context

CHANGEABLE: Final = frozenset({"name", "slug", "theme"})

# From a status to those that may follow. An archived tenant stays archived.
TRANSITIONS: Final[Mapping[TenantStatus, frozenset[TenantStatus]]] = {
    TenantStatus.ACTIVE: frozenset({TenantStatus.SUSPENDED, TenantStatus.READ_ONLY, TenantStatus.ARCHIVED}),
    TenantStatus.SUSPENDED: frozenset({TenantStatus.ACTIVE, TenantStatus.READ_ONLY, TenantStatus.ARCHIVED}),
    TenantStatus.READ_ONLY: frozenset({TenantStatus.ACTIVE, TenantStatus.SUSPENDED, TenantStatus.ARCHIVED}),
    TenantStatus.ARCHIVED: frozenset(),
}


class SlugTaken(Conflict):
    """Another tenant has this slug."""

    code = "slug_taken"
    default_detail = "Another school has this slug; choose another one."
    default_field = "slug"


class NotChangeable(InvalidInput):
    """This field of a tenant is not set by hand."""

    code = "not_changeable"


class TenantTransitionNotAllowed(Conflict):
    """The tenant can't go from its present status to the wanted one."""

    code = "transition_not_allowed"


def create_tenant(*, name: str, slug: str, theme: Mapping[str, str] | None = None, by: Actor | None = None) -> Tenant:
    """Set up a tenant. Its first account is made by `apps.users`.

    Args:
        name: for people.
        slug: one label of a host name, lower-case: the school answers at `<slug>.<base domain>`.
        theme: see `apps.core.validators.validate_theme`.
        by: the platform's staff member; None on the command line.

    Raises:
        ValidationError: a value has not the right form.
        SlugTaken: another tenant has the slug.
    """
    with platform_context(reason="create a tenant"), transaction.atomic():
        tenant = Tenant(name=name, slug=slug, theme=dict(theme or {}))
        _save(tenant)
        with tenant_context(tenant):
            emit(TenantCreated(tenant_id=tenant.id, actor_id=actor_id_of(by)))
    return tenant


@transaction.atomic
def change_tenant(*, tenant: Tenant, changes: Mapping[str, Any], by: Actor | None) -> Tenant:
    """Change name, slug (and with it the host) or theme.

    Raises:
        NotChangeable: another field is among the changes.
        ValidationError: a value has not the right form.
        SlugTaken: another tenant has the slug.
    """
    del by  # the log line of the request names the actor
    for field, value in changes.items():
        if field not in CHANGEABLE:
            message = f"{field} cannot be changed here; changeable are {', '.join(sorted(CHANGEABLE))}."
            raise NotChangeable(message, field=field)
        setattr(tenant, field, value)
    _save(tenant)
    return tenant


def _save(tenant: Tenant) -> None:
    tenant.clean_fields(exclude={"status"})
    try:
        with transaction.atomic():
            tenant.save()
    except IntegrityError as error:
        raise SlugTaken from error


def change_tenant_status(*, tenant: Tenant, status: TenantStatus, by: Actor | None) -> Tenant:
    """Suspend, open again, make read-only or archive: what the people of the tenant may do changes at once.

    Raises:
        TenantTransitionNotAllowed: `TRANSITIONS` has no way from the present status to this one.
    """
    with tenant_context(tenant), transaction.atomic():
        stored = Tenant.objects.select_for_update().get(id=tenant.id)
        before = TenantStatus(stored.status)
        if status not in TRANSITIONS[before]:
            message = f"A school that is {before.value} cannot become {status.value}."
            raise TenantTransitionNotAllowed(message, extra={"status_now": before.value})
        stored.status = status
        stored.save(update_fields=["status", "updated_at"])
        emit(TenantStatusChanged(tenant_id=tenant.id, before=before, after=status, actor_id=actor_id_of(by)))
    return stored
