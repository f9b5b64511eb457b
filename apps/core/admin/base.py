"""The base of every model's admin: permissions of ours, rows of the open scope, writes through services.

    @admin.register(Course)
    class CourseAdmin(TenantModelAdmin):
        read_permission = "courses:read"
        write_permission = "courses:write"

        def perform_create(self, obj, form, request):
            return create_course(**form.cleaned_data, by=request.user)

        def perform_update(self, obj, form, request):
            update_course(course=obj, changes=self.changes(form), by=request.user)

What has no hook cannot be done: without `perform_create` there is no "Add" button. Platform staff on the
platform's host read the rows of all schools and change none; to change one they open the school's own host.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from apps.core.choices import TenantStatus
from apps.core.errors import DomainError
from apps.core.tenancy.context import current_scope

if TYPE_CHECKING:
    AdminForm = ModelForm[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    AdminForm = ModelForm
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline


def may_write_here(request: HttpRequest) -> bool:
    """Whether rows of a school can be changed from this host at all."""
    tenant = getattr(request, "tenant", None)
    return current_scope().tenant_id is not None and (tenant is None or tenant.status != TenantStatus.READ_ONLY)


class ScopedPermissions:
    """Permissions by our roles; `None` as `read_permission` or `write_permission` means nobody."""

    read_permission: ClassVar[str | None] = None
    write_permission: ClassVar[str | None] = None

    def may_read(self, request: HttpRequest) -> bool:
        """Whether the person may see rows of this kind."""
        return self._is_granted(request, self.read_permission) or self._is_granted(request, self.write_permission)

    def may_write(self, request: HttpRequest) -> bool:
        """Whether the person may change rows of this kind, here and now."""
        return may_write_here(request) and self._is_granted(request, self.write_permission)

    def _is_granted(self, request: HttpRequest, permission: str | None) -> bool:
        return permission is not None and permission in getattr(request.user, "permissions", ())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_read(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_read(request)


class TenantModelAdmin(ScopedPermissions, _ModelAdmin):
    """Admin of a model whose rows belong to schools. See the module's text for the hooks."""

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        """Make the row by one service call and return it; `obj` holds the form's values and is not saved."""
        raise NotImplementedError

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        """Change the row by one service call; `obj` is the row as it is stored, see `changes` for the rest."""
        raise NotImplementedError

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        """Delete the row by one service call."""
        raise NotImplementedError

    @staticmethod
    def changes(form: AdminForm) -> dict[str, Any]:
        """Return the values of the fields that the person changed."""
        return {name: form.cleaned_data[name] for name in form.changed_data}

    @staticmethod
    def actor(request: HttpRequest) -> Any:
        """Who acts, for the `by=` of services."""
        return request.user

    def _has_hook(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(TenantModelAdmin, name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._has_hook("perform_create") and self.may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_hook("perform_update") and self.may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_hook("perform_delete") and self.may_write(request)

    def has_write_permission(self, request: HttpRequest) -> bool:
        """Asked for actions that are declared with `permissions=["write"]`."""
        return self.may_write(request)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let the address narrow a list by its filters alone.

        Django allows every column of the table: whoever reads the list of accounts could find out their password
        hashes, one letter after the other, by `?password__startswith=`.
        """
        entries = [entry[0] if isinstance(entry, (list, tuple)) else entry for entry in self.get_list_filter(request)]
        names = [entry for entry in entries if isinstance(entry, str)]
        is_filtered = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return is_filtered and super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        columns = super().get_list_display(request)
        return ["tenant", *columns] if current_scope().platform and hasattr(self.model, "tenant") else columns

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the rows below a row out where no school is open: their empty form needs one."""
        return [] if current_scope().platform else super().get_inline_instances(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        if change:
            self.perform_update(self.model._default_manager.get(pk=obj.pk), form, request)
        else:
            created = self.perform_create(obj, form, request)
            obj.__dict__.update(created.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.perform_delete(obj, request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.perform_delete(obj, request)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[Any], list[Any]]:
        """Show the rows themselves only: what goes with them is the service's business."""
        names = [str(obj) for obj in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's signature
        form_class = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal_of_service", None)
        return form_class if refusal is None else _refused(form_class, refusal)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show what a service refuses as an error of the form, with everything typed still there."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (DomainError, ValidationError) as error:
            request.refusal_of_service = error  # type: ignore[attr-defined]  # read by `get_form`
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(request, lambda: super(TenantModelAdmin, self).delete_view(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_message(
            request, lambda: super(TenantModelAdmin, self).changelist_view(request, *args, **kwargs)
        )

    def _or_message(self, request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Run a view that deletes or acts on many; all of it or, with a message, nothing."""
        try:
            with transaction.atomic():
                return view()
        except (DomainError, ValidationError) as error:
            self.message_user(request, text_of(error), messages.ERROR)
        except DataError:  # a filter in the address that no column can hold, such as a NUL character
            self.message_user(request, "A value is outside of what can be stored.", messages.ERROR)
        address = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(address)


class TenantTabularInline(ScopedPermissions, _TabularInline):
    """Rows of a child model below their parent, to read; they are changed in their own admin."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def text_of(error: DomainError | ValidationError) -> str:
    """Return what a service refused, for people."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return " ".join([error.detail, *(str(entry["detail"]) for entry in error.extra.get("errors", ()))])


def _refused(form_class: type[AdminForm], refusal: DomainError | ValidationError) -> type[AdminForm]:
    """Return the form with the service's refusal among its errors."""

    class RefusedForm(form_class):  # type: ignore[valid-type, misc]  # made per request
        def clean(self) -> dict[str, Any] | None:
            cleaned: dict[str, Any] | None = super().clean()
            field = refusal.field if isinstance(refusal, DomainError) else None
            self.add_error(field if field in self.fields else None, text_of(refusal))
            return cleaned

    return RefusedForm
