"""The Django admin of assessments: every change goes through the services, so the same rules hold.

Attempts, answers, grades and journals are to look at only: what happened is not edited.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.assessments.models import (
    AccessCodeGuess,
    Accommodation,
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptAnswer,
    GradeChange,
    JournalEntry,
    Question,
    QuestionCategory,
    QuestionVersion,
)
from apps.assessments.permissions import READ_ALL, WRITE_ALL
from apps.assessments.services import (
    add_question,
    add_section,
    change_accommodation,
    change_assessment,
    change_category,
    change_item,
    change_question,
    create_accommodation,
    create_assessment,
    create_category,
    delete_accommodation,
    delete_assessment,
    delete_category,
    remove_item,
)
from apps.assessments.services.admission import forgive_guess
from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline


class AssessmentsAdmin(TenantModelAdmin):
    """What the admin of all these models share."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL


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


class AnswerInline(TenantTabularInline):
    """The answers of an attempt as last saved."""

    model = AttemptAnswer
    read_permission = READ_ALL
    fields = ("question_id", "answer", "points", "is_overridden", "saved_at")
    readonly_fields = fields
    ordering = ("saved_at", "id")


@admin.register(Attempt)
class AttemptAdmin(AssessmentsAdmin):
    """Attempts; to look at only: learners take them, and grading has its own place."""

    list_display = ("user", "assessment", "number", "status", "started_at", "submitted_at", "score", "percentage")
    list_filter = ("status", "submitted_by", "is_passed")
    list_select_related = ("user", "assessment")
    search_fields = ("user__email", "assessment__title")
    ordering = ("-started_at", "-id")
    inlines: ClassVar = [AnswerInline]


@admin.register(AccessCodeGuess)
class AccessCodeGuessAdmin(AssessmentsAdmin):
    """Who has typed wrong access codes; deleted, they count no more, and the learner may try again."""

    list_display = ("user", "assessment", "guessed_at")
    list_select_related = ("user", "assessment")
    search_fields = ("user__email", "assessment__title")
    ordering = ("-guessed_at", "-id")

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        forgive_guess(guess=obj, by=self.actor(request))


@admin.register(AttemptAnswer)
class AttemptAnswerAdmin(AssessmentsAdmin):
    """Answers; to look at only."""

    list_display = ("attempt", "question_id", "points", "is_overridden", "saved_at")
    list_filter = ("is_overridden",)
    list_select_related = ("attempt",)
    ordering = ("-saved_at", "-id")


@admin.register(JournalEntry)
class JournalEntryAdmin(AssessmentsAdmin):
    """The journals of all attempts; to look at only."""

    list_display = ("attempt", "index", "kind", "occurred_at", "hash")
    list_filter = ("kind",)
    list_select_related = ("attempt",)
    ordering = ("-occurred_at", "-id")


@admin.register(GradeChange)
class GradeChangeAdmin(AssessmentsAdmin):
    """The history of all grades; to look at only."""

    list_display = ("occurred_at", "attempt", "question_id", "from_points", "to_points", "actor_id", "reason")
    list_select_related = ("attempt",)
    ordering = ("-occurred_at", "-id")
