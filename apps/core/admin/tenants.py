"""Tenants and their domains, for the platform's staff; settings, for whoever may choose them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin.base import AdminForm, TenantModelAdmin
from apps.core.choices import TenantStatus
from apps.core.models import SettingOverride, Tenant, TenantDomain
from apps.core.services import (
    add_domain,
    change_settings,
    change_tenant,
    change_tenant_status,
    create_tenant,
    remove_domain,
    set_primary_domain,
    verify_domain,
)
from apps.core.tenancy.context import current_scope, current_tenant_id, tenant_id_or_platform


def _is_platform_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_platform_staff", False))


def _plain(value: Any) -> Any:
    """Django's JSON form field gives texts as a subclass of `str` that settings do not take."""
    return str(value) if isinstance(value, str) else value


@admin.register(Tenant)
class TenantAdmin(TenantModelAdmin):
    """Schools: on the platform's host all of them, on a school's own host that one."""

    list_display = ("name", "slug", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "slug")
    ordering = ("name", "id")
    fields = ("name", "slug", "theme", "status", "created_at", "updated_at")
    readonly_fields = ("status", "created_at", "updated_at")
    actions = ("suspend", "activate", "make_read_only", "archive")

    def may_read(self, request: HttpRequest) -> bool:
        return _is_platform_staff(request)

    def may_write(self, request: HttpRequest) -> bool:
        return _is_platform_staff(request)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Tenant:
        return create_tenant(name=obj.name, slug=obj.slug, theme=obj.theme, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_tenant(tenant=obj, changes=self.changes(form), by=self.actor(request))

    @admin.action(description="Suspend: nobody can log in", permissions=["write"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._change_status(request, queryset, TenantStatus.SUSPENDED)

    @admin.action(description="Activate", permissions=["write"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._change_status(request, queryset, TenantStatus.ACTIVE)

    @admin.action(description="Make read-only", permissions=["write"])
    def make_read_only(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._change_status(request, queryset, TenantStatus.READ_ONLY)

    @admin.action(description="Archive: closed for good", permissions=["write"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._change_status(request, queryset, TenantStatus.ARCHIVED)

    def _change_status(self, request: HttpRequest, queryset: QuerySet[Any], status: TenantStatus) -> None:
        for tenant in queryset:
            change_tenant_status(tenant=tenant, status=status, by=self.actor(request))
        self.message_user(request, f"{len(queryset)} schools are {status.value} now.")


@admin.register(TenantDomain)
class TenantDomainAdmin(TenantModelAdmin):
    """Custom domains; added on the school's own host."""

    list_display = ("domain", "verified_at", "is_primary")
    ordering = ("domain", "id")
    fields = ("domain", "verification_token", "verified_at", "is_primary")
    readonly_fields = ("verification_token", "verified_at", "is_primary")
    actions = ("verify", "make_primary")

    def may_read(self, request: HttpRequest) -> bool:
        return _is_platform_staff(request)

    def may_write(self, request: HttpRequest) -> bool:
        return _is_platform_staff(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and current_scope().tenant_id is not None

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> TenantDomain:
        tenant = Tenant.objects.get(id=current_tenant_id())
        return add_domain(tenant=tenant, domain=obj.domain, by=self.actor(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        remove_domain(domain=obj, by=self.actor(request))

    @admin.action(description="Confirm that the school owns the domain", permissions=["write"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let the chosen domains lead to their schools."""
        for domain in queryset:
            verify_domain(domain=domain, by=self.actor(request))

    @admin.action(description="Make primary", permissions=["write"])
    def make_primary(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let links carry the chosen domain."""
        for domain in queryset:
            set_primary_domain(domain=domain, by=self.actor(request))


@admin.register(SettingOverride)
class SettingOverrideAdmin(TenantModelAdmin):
    """Chosen values: the school's own on its host; on the platform's host, what all schools inherit."""

    read_permission = "settings:read"
    write_permission = "settings:write"
    list_display = ("key", "value", "is_locked", "updated_at")
    ordering = ("key", "id")

    fields = ("key", "value", "is_locked")

    def may_write(self, request: HttpRequest) -> bool:
        return super().may_write(request) or current_scope().platform

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_of_open_level(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_of_open_level(obj)

    @staticmethod
    def _is_of_open_level(obj: Any) -> bool:
        return obj is None or obj.tenant_id == current_scope().tenant_id

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        locked = () if current_scope().platform else ("is_locked",)
        return ("key", *locked) if obj else locked

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> SettingOverride:
        self._choose(obj.key, {"value": obj.value, "is_locked": obj.is_locked}, request)
        level: Any = tenant_id_or_platform()  # None is a value here: the platform's own row
        return SettingOverride.objects.get(tenant_id=level, key=obj.key)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        self._choose(obj.key, self.changes(form), request)

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        change_settings(
            changes={obj.key: None}, locks={obj.key: False} if obj.is_locked else {}, by=self.actor(request)
        )

    def _choose(self, key: str, values: dict[str, Any], request: HttpRequest) -> None:
        changes = {key: _plain(values["value"])} if "value" in values else {}
        locks = {key: values["is_locked"]} if "is_locked" in values and current_scope().platform else {}
        change_settings(changes=changes, locks=locks, by=self.actor(request))
