"""The Django admin of enrolments: every change goes through the services, so the same rules hold."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.enrollments.models import ContentProgress, Enrollment, EnrollmentTransition
from apps.enrollments.permissions import READ_ALL, READ_PROGRESS, WRITE_ALL
from apps.enrollments.services import change_enrollment_expiry, change_enrollment_status, enroll
from apps.enrollments.state_machine import Action


class HistoryInline(TenantTabularInline):
    """How an enrolment got where it is."""

    model = EnrollmentTransition
    read_permission = READ_ALL
    fields = ("occurred_at", "from_status", "to_status", "actor_id", "reason")
    ordering = ("occurred_at", "id")
    show_change_link = False


@admin.register(Enrollment)
class EnrollmentAdmin(TenantModelAdmin):
    """Who takes which course; the status moves by actions, as the state machine allows."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL
    list_display = ("user", "course", "status", "progress_percentage", "enrolled_at", "last_activity_at", "expires_at")
    list_filter = ("status", "source")
    list_select_related = ("user", "course")
    search_fields = ("user__email", "user__last_name", "course__title")
    ordering = ("-enrolled_at", "-id")
    raw_id_fields = ("course", "user")
    actions = ("suspend", "reactivate", "drop")
    _KEPT_BY_SERVICES: ClassVar = (
        "status", "source", "progress_percentage", "resume_item", "enrolled_by_id", "enrolled_at", "last_activity_at",
        "completed_at",
    )  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [HistoryInline]  # what is new has no history

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = ("course", "user", "expires_at")
        return own if obj is None else (*own, *self._KEPT_BY_SERVICES)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("course", "user", *self._KEPT_BY_SERVICES)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Enrollment:
        return enroll(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]  # who gets here is logged in

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        if "expires_at" in form.changed_data:
            change_enrollment_expiry(enrollment=obj, expires_at=form.cleaned_data["expires_at"])

    @admin.action(description="Suspend the chosen enrolments", permissions=["write"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Close the content to these learners."""
        self._take_step(Action.SUSPEND, request, queryset)

    @admin.action(description="Reactivate the chosen enrolments", permissions=["write"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Open the content to these learners again."""
        self._take_step(Action.REACTIVATE, request, queryset)

    @admin.action(description="Drop the chosen enrolments", permissions=["write"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take these learners out of their courses."""
        self._take_step(Action.DROP, request, queryset)

    def _take_step(self, action: Action, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = list(queryset.select_related("course", "user").order_by("id"))
        for enrollment in chosen:
            by: Any = request.user
            change_enrollment_status(enrollment=enrollment, action=action, by=by, reason="In the admin.")
        self.message_user(request, f"{action.value.capitalize()}: {len(chosen)} enrolments.")


@admin.register(EnrollmentTransition)
class EnrollmentTransitionAdmin(TenantModelAdmin):
    """The history of all enrolments; to look at only."""

    read_permission = READ_ALL
    list_display = ("occurred_at", "enrollment", "from_status", "to_status", "actor_id", "reason")
    list_filter = ("to_status",)
    ordering = ("-occurred_at", "-id")


@admin.register(ContentProgress)
class ContentProgressAdmin(TenantModelAdmin):
    """How far learners are with items; to look at only: clients report it."""

    read_permission = READ_PROGRESS
    list_display = ("enrollment", "content_item", "status", "percentage", "position_seconds", "updated_at")
    list_filter = ("status",)
    list_select_related = ("content_item",)
    ordering = ("-updated_at", "-id")
