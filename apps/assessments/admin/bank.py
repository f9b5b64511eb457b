"""The question bank."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.assessments.admin.base import AssessmentsAdmin
from apps.assessments.models import (
    Question,
    QuestionCategory,
    QuestionVersion,
)
from apps.assessments.permissions import READ_ALL
from apps.assessments.services import (
    change_category,
    change_question,
    create_category,
    delete_category,
)
from apps.core.admin import AdminForm, TenantTabularInline


@admin.register(QuestionCategory)
class QuestionCategoryAdmin(AssessmentsAdmin):
    """The drawers of the bank."""

    list_display = ("name", "created_at")
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> QuestionCategory:
        return create_category(name=form.cleaned_data["name"], by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_category(category=obj, name=form.cleaned_data["name"], by=self.actor(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_category(category=obj, by=self.actor(request))


class VersionInline(TenantTabularInline):
    """What a question asks and has asked."""

    model = QuestionVersion
    read_permission = READ_ALL
    fields = ("number", "question_type", "question_text", "points", "is_used", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("-number",)


@admin.register(Question)
class QuestionAdmin(AssessmentsAdmin):
    """Where questions are filed; what they ask is written in the API, which knows the types."""

    list_display = ("id", "category", "tags", "difficulty", "is_shared", "is_archived", "version_number", "updated_at")
    list_filter = ("difficulty", "is_shared", "is_archived")
    list_select_related = ("category",)
    ordering = ("-created_at", "-id")
    fields = ("category", "tags", "difficulty", "is_shared", "is_archived")
    inlines: ClassVar = [VersionInline]

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_question(question=obj, by=self.actor(request), **self.changes(form))


@admin.register(QuestionVersion)
class QuestionVersionAdmin(AssessmentsAdmin):
    """What was asked, key included; to look at only."""

    list_display = ("question", "number", "question_type", "question_text", "points", "is_used", "created_at")
    list_filter = ("question_type", "is_used")
    search_fields = ("question_text",)
    ordering = ("-created_at", "-id")
