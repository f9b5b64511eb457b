"""Courses in the admin: the same services as behind the API, so the same rules."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.courses import services
from apps.courses.content_types import TEXT_CONTENT
from apps.courses.models import (
    ContentItem,
    Course,
    CourseInstructor,
    CoursePrerequisite,
    Module,
    ModulePrerequisite,
)
from apps.users.models import User

_READ = "courses:read"
_WRITE = "courses:write"


def _by(request: HttpRequest) -> User:
    """Return who acts; the admin lets nobody in without an account."""
    return cast("User", request.user)


class _CourseModelAdmin(TenantModelAdmin):
    read_permission = _READ
    write_permission = _WRITE


class ModuleInline(TenantTabularInline):
    """The modules of a course."""

    model = Module
    read_permission = _READ
    fields = ("title", "order", "is_published")
    ordering = ("order", "id")


class InstructorInline(TenantTabularInline):
    """Who teaches a course."""

    model = CourseInstructor
    read_permission = _READ
    fields = ("user", "order")
    ordering = ("order", "id")


@admin.register(Course)
class CourseAdmin(_CourseModelAdmin):
    """Courses; their status changes by actions."""

    list_display = ("title", "status", "category", "difficulty_level", "module_count", "item_count", "seats_taken")
    list_filter = ("status", "difficulty_level", "language")
    search_fields = ("title", "slug", "category")
    ordering = ("-created_at", "-id")
    readonly_fields = (
        "slug", "status", "seats_taken", "thumbnail_file", "module_count", "item_count", "published_at", "created_at",
        "updated_at",
    )  # fmt: skip
    inlines = (InstructorInline, ModuleInline)
    actions = ("publish", "unpublish", "archive")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.create_course(by=_by(request), **form.cleaned_data)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        services.change_course(course=obj, by=_by(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.delete_course(course=obj, by=_by(request))

    @admin.action(description="Publish", permissions=["write"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._move(request, queryset, services.publish_course, "published")

    @admin.action(description="Take back to draft", permissions=["write"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._move(request, queryset, services.unpublish_course, "drafts again")

    @admin.action(description="Archive", permissions=["write"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._move(request, queryset, services.archive_course, "archived")

    def _move(self, request: HttpRequest, queryset: QuerySet[Any], service: Callable[..., Any], done: str) -> None:
        courses = list(queryset)
        for course in courses:
            service(course=course, by=_by(request))
        self.message_user(request, f"{len(courses)} courses are {done}.")


@admin.register(CourseInstructor)
class CourseInstructorAdmin(_CourseModelAdmin):
    """Who teaches what."""

    list_display = ("course", "user", "order")
    ordering = ("course_id", "order", "id")
    fields = ("course", "user")
    raw_id_fields = ("course", "user")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.add_instructor(course=obj.course, user_id=obj.user_id, by=_by(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.remove_instructor(course=obj.course, user_id=obj.user_id, by=_by(request))


@admin.register(Module)
class ModuleAdmin(_CourseModelAdmin):
    """Modules; a module stays in its course."""

    list_display = ("title", "course", "order", "is_published")
    list_filter = ("is_published",)
    search_fields = ("title", "course__title")
    ordering = ("course_id", "order", "id")
    raw_id_fields = ("course",)
    fields = ("course", "title", "description", "order", "is_published")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("course",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.create_module(by=_by(request), **form.cleaned_data)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        services.change_module(module=obj, by=_by(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.delete_module(module=obj, by=_by(request))


@admin.register(ContentItem)
class ContentItemAdmin(_CourseModelAdmin):
    """Content items; the payload is checked by the plug-in of the type, a text's Markdown in it too."""

    list_display = ("title", "content_type", "module", "order", "is_required", "is_published")
    list_filter = ("content_type", "is_published", "is_required")
    search_fields = ("title", "course__title")
    ordering = ("module_id", "order", "id")
    raw_id_fields = ("module", "parent", "file")
    fields = (
        "module", "parent", "title", "content_type", "payload", "file", "order", "is_required", "is_free_preview",
        "is_published", "duration_minutes",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("content_type",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.create_item(by=_by(request), **_with_ids(form.cleaned_data))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        changes = _with_ids(self.changes(form))
        if "module" in changes:
            changes["module_id"] = changes.pop("module").id
        if TEXT_CONTENT in (changes.get("payload") or {}):
            changes[TEXT_CONTENT] = changes["payload"][TEXT_CONTENT]
        services.change_item(item=obj, by=_by(request), **changes)

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.delete_item(item=obj, by=_by(request))


def _with_ids(values: dict[str, Any]) -> dict[str, Any]:
    """Name parent and file as the services do: by id."""
    named = {name: values[name] for name in ("parent", "file") if name in values}
    others = {key: value for key, value in values.items() if key not in named}
    return others | {f"{name}_id": row and row.id for name, row in named.items()}


@admin.register(CoursePrerequisite)
class CoursePrerequisiteAdmin(_CourseModelAdmin):
    """Which course asks for which; to change one, remove it and add it anew."""

    list_display = ("course", "required_course", "kind", "minimum_completion")
    list_filter = ("kind",)
    ordering = ("course_id", "created_at", "id")
    raw_id_fields = ("course", "required_course")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.add_course_prerequisite(
            course=obj.course,
            required_course_id=obj.required_course_id,
            kind=obj.kind,
            minimum_completion=obj.minimum_completion,
            by=_by(request),
        )

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.remove_course_prerequisite(course=obj.course, prerequisite_id=obj.id, by=_by(request))


@admin.register(ModulePrerequisite)
class ModulePrerequisiteAdmin(_CourseModelAdmin):
    """Which module asks for which of its course; to change one, remove it and add it anew."""

    list_display = ("module", "required_module", "kind", "minimum_completion")
    list_filter = ("kind",)
    ordering = ("module_id", "created_at", "id")
    raw_id_fields = ("module", "required_module")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return services.add_module_prerequisite(
            module=obj.module,
            required_module_id=obj.required_module_id,
            kind=obj.kind,
            minimum_completion=obj.minimum_completion,
            by=_by(request),
        )

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        services.remove_module_prerequisite(module=obj.module, prerequisite_id=obj.id, by=_by(request))
