"""Assessments, what is on them, and what is granted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.assessments.admin.base import AssessmentsAdmin
from apps.assessments.models import (
    AccessCodeGuess,
    Accommodation,
    Assessment,
    AssessmentItem,
)
from apps.assessments.permissions import READ_ALL
from apps.assessments.services import (
    add_question,
    add_section,
    change_accommodation,
    change_assessment,
    change_item,
    create_accommodation,
    create_assessment,
    delete_accommodation,
    delete_assessment,
    remove_item,
)
from apps.assessments.services.admission import forgive_guess
from apps.core.admin import AdminForm, TenantTabularInline


class ItemInline(TenantTabularInline):
    """What is on an assessment; changed among the items."""

    model = AssessmentItem
    read_permission = READ_ALL
    fields = ("order", "question", "points", "draw_count", "draw_category", "draw_tags", "draw_difficulty")
    ordering = ("order", "id")


@admin.register(Assessment)
class AssessmentAdmin(AssessmentsAdmin):
    """Quizzes, exams, assignments, practices and surveys."""

    list_display = ("title", "course", "assessment_type", "status", "question_count", "max_score", "opens_at", "due_at")
    list_filter = ("status", "assessment_type", "grading_mode")
    list_select_related = ("course",)
    search_fields = ("title", "course__title")
    ordering = ("-created_at", "-id")
    raw_id_fields = ("course",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [ItemInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("course",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Assessment:
        return create_assessment(**form.cleaned_data, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_assessment(assessment=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_assessment(assessment=obj, by=self.actor(request))


@admin.register(AssessmentItem)
class AssessmentItemAdmin(AssessmentsAdmin):
    """Fixed questions and random sections; their order is changed in the API."""

    list_display = ("assessment", "order", "question", "points", "draw_count", "draw_category", "draw_difficulty")
    list_select_related = ("assessment", "question", "draw_category")
    search_fields = ("assessment__title",)
    ordering = ("assessment_id", "order", "id")
    raw_id_fields = ("assessment", "question")
    fields = ("assessment", "question", "points", "draw_count", "draw_category", "draw_tags", "draw_difficulty")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("assessment", "question")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> AssessmentItem:
        fields = dict(form.cleaned_data)
        question = fields.pop("question")
        assessment, points = fields.pop("assessment"), fields.pop("points")
        if question is not None:
            return add_question(assessment=assessment, question=question, points=points, by=self.actor(request))
        count = fields.pop("draw_count") or 0
        return add_section(assessment=assessment, draw_count=count, points=points, by=self.actor(request), **fields)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_item(item=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        remove_item(item=obj, by=self.actor(request))


@admin.register(Accommodation)
class AccommodationAdmin(AssessmentsAdmin):
    """What learners and groups are granted."""

    list_display = ("user", "group", "assessment", "extra_time_percentage", "extra_attempts", "closes_at", "reason")
    list_select_related = ("user", "group", "assessment")
    search_fields = ("user__email", "group__name", "assessment__title")
    ordering = ("-created_at", "-id")
    raw_id_fields = ("user", "group", "assessment")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("user", "group", "assessment")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Accommodation:
        return create_accommodation(**form.cleaned_data, by=self.actor(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_accommodation(accommodation=obj, by=self.actor(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_accommodation(accommodation=obj, by=self.actor(request))


@admin.register(AccessCodeGuess)
class AccessCodeGuessAdmin(AssessmentsAdmin):
    """Who has typed wrong access codes; deleted, they count no more, and the learner may try again."""

    list_display = ("user", "assessment", "guessed_at")
    list_select_related = ("user", "assessment")
    search_fields = ("user__email", "assessment__title")
    ordering = ("-guessed_at", "-id")

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        forgive_guess(guess=obj, by=self.actor(request))
