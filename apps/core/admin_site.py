"""The Django admin's site: its staff work in the school of the host, or across all on the platform's host."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from apps.core.tenancy.context import NO_SCOPE, current_scope, platform_context

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class LmsAdminSite(AdminSite):
    """Opens a platform context for the platform's staff on the platform's own host."""

    site_header = "LMS Platform"
    site_title = "LMS Platform"
    index_title = "Administration"
    own_password_form: ClassVar[Any] = None  # set by the app that knows accounts

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002  Django's signature
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def in_scope(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            is_staff = getattr(request.user, "is_platform_staff", False)
            if current_scope() != NO_SCOPE or not is_staff:
                return guarded(request, *args, **kwargs)
            with platform_context(reason="platform staff in the admin"):
                response = guarded(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                return response

        return cast("View", in_scope)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Change one's own password by our form: Django's saves the account behind the services' back."""
        from django.contrib.auth.views import PasswordChangeView  # noqa: PLC0415  needs models

        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=self.own_password_form,
            success_url=reverse(f"{self.name}:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)


class LmsAdminConfig(AdminConfig):
    """`django.contrib.admin` with our site as the default one."""

    default_site = "apps.core.admin_site.LmsAdminSite"
