"""The Django admin of gradebooks: every change goes through the services, so the same rules hold.

Grades, final grades and the history are to look at only: they are given in the API, by somebody, with a reason.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.assessments.permissions import READ_ALL, WRITE_ALL
from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.gradebook.models import (
    FinalGrade,
    Grade,
    Gradebook,
    GradebookChange,
    GradeCategory,
    GradeItem,
    GradeScale,
)
from apps.gradebook.services import (
    change_category,
    change_gradebook,
    change_item,
    change_scale,
    create_category,
    create_item,
    create_scale,
    delete_category,
    delete_item,
    delete_scale,
)


class GradebooksAdmin(TenantModelAdmin):
    """What the admin of all these models share."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL


@admin.register(Gradebook)
class GradebookAdmin(GradebooksAdmin):
    """How courses count; one that counts as all do has no row."""

    list_display = ("course", "calculation", "missing_work", "scale", "is_total_shown", "frozen_at")
    list_filter = ("calculation", "missing_work", "is_total_shown")
    list_select_related = ("course", "scale")
    search_fields = ("course__title",)
    ordering = ("-created_at", "-id")
    raw_id_fields = ("scale",)
    fields = ("course", "scale", "calculation", "missing_work", "is_total_shown")
    readonly_fields = ("course",)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_gradebook(course_id=obj.course_id, by=self.actor(request), **self.changes(form))


class CategoryItemInline(TenantTabularInline):
    """The items of a category; changed among the items."""

    model = GradeItem
    read_permission = READ_ALL
    fields = ("order", "title", "max_points", "is_counted", "is_extra_credit", "is_hidden", "due_at")
    ordering = ("order", "id")


@admin.register(GradeCategory)
class GradeCategoryAdmin(GradebooksAdmin):
    """Items that count together."""

    list_display = ("name", "course", "weight_percentage", "drop_lowest", "is_extra_credit", "order")
    list_filter = ("is_extra_credit",)
    list_select_related = ("course",)
    search_fields = ("name", "course__title")
    ordering = ("course_id", "order", "id")
    raw_id_fields = ("course",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [CategoryItemInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("course",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> GradeCategory:
        return create_category(**form.cleaned_data, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_category(category=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_category(category=obj, by=self.actor(request))


@admin.register(GradeItem)
class GradeItemAdmin(GradebooksAdmin):
    """The columns of gradebooks. What an assessment says of its item is changed there."""

    list_display = ("title", "course", "category", "assessment", "max_points", "is_counted", "is_hidden", "due_at")
    list_filter = ("is_counted", "is_extra_credit", "is_hidden")
    list_select_related = ("course", "category", "assessment")
    search_fields = ("title", "course__title")
    ordering = ("course_id", "order", "id")
    raw_id_fields = ("course", "category")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("course",) if obj.assessment_id is None else ("course", "assessment", "title", "max_points", "due_at")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> GradeItem:
        return create_item(**form.cleaned_data, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_item(item=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_item(item=obj, by=self.actor(request))


@admin.register(GradeScale)
class GradeScaleAdmin(GradebooksAdmin):
    """What turns per cent into letters, or into passed and failed."""

    list_display = ("name", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "kind", "bands")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> GradeScale:
        return create_scale(**form.cleaned_data, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_scale(scale=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_scale(scale=obj, by=self.actor(request))


@admin.register(Grade)
class GradeAdmin(GradebooksAdmin):
    """Cells; to look at only."""

    list_display = ("user", "item", "score", "override", "is_excused", "graded_at")
    list_filter = ("is_excused",)
    list_select_related = ("user", "item")
    search_fields = ("user__email", "item__title", "item__course__title")
    ordering = ("-graded_at", "-id")


@admin.register(GradebookChange)
class GradebookChangeAdmin(GradebooksAdmin):
    """The history of all gradebooks; to look at only."""

    list_display = ("occurred_at", "kind", "user", "item", "course", "from_score", "to_score", "actor_id", "reason")
    list_filter = ("kind",)
    list_select_related = ("user", "item", "course")
    search_fields = ("user__email", "item__title", "course__title")
    ordering = ("-occurred_at", "-id")


@admin.register(FinalGrade)
class FinalGradeAdmin(GradebooksAdmin):
    """Final grades; to look at only."""

    list_display = ("user", "course", "percentage", "override_percentage", "label", "is_passed", "frozen_at")
    list_filter = ("is_passed",)
    list_select_related = ("user", "course")
    search_fields = ("user__email", "course__title")
    ordering = ("course_id", "user_id", "id")
