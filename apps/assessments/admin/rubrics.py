"""Rubrics, and the files that are handed in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.assessments.admin.base import AssessmentsAdmin
from apps.assessments.models import AttemptFile, Rubric, RubricVersion
from apps.assessments.permissions import READ_ALL
from apps.assessments.services.rubrics import change_rubric, delete_rubric
from apps.core.admin import AdminForm, TenantTabularInline


class RubricVersionInline(TenantTabularInline):
    """The criteria of a rubric, and those that it has had."""

    model = RubricVersion
    read_permission = READ_ALL
    fields = ("number", "max_points", "criteria", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("-number",)


@admin.register(Rubric)
class RubricAdmin(AssessmentsAdmin):
    """What rubrics are called, and who may use them; their criteria are written in the API, which checks them."""

    list_display = ("title", "is_shared", "is_archived", "version_number", "updated_at")
    list_filter = ("is_shared", "is_archived")
    search_fields = ("title",)
    ordering = ("-created_at", "-id")
    fields = ("title", "description", "is_shared", "is_archived")
    inlines: ClassVar = [RubricVersionInline]

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_rubric(rubric=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_rubric(rubric=obj, by=self.actor(request))


@admin.register(RubricVersion)
class RubricVersionAdmin(AssessmentsAdmin):
    """Criteria by which papers are graded; to look at only."""

    list_display = ("rubric", "number", "max_points", "created_at")
    list_select_related = ("rubric",)
    search_fields = ("rubric__title",)
    ordering = ("-created_at", "-id")


@admin.register(AttemptFile)
class AttemptFileAdmin(AssessmentsAdmin):
    """Which versions of which files attempts hand in; to look at only."""

    list_display = ("attempt", "question_id", "file", "version_number")
    list_select_related = ("attempt", "file")
    ordering = ("-id",)
