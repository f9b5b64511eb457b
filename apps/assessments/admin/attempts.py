"""Attempts, answers, grades and journals: to look at only, for what happened is not edited."""

from typing import ClassVar

from django.contrib import admin

from apps.assessments.admin.base import AssessmentsAdmin
from apps.assessments.models import (
    Attempt,
    AttemptAnswer,
    GradeChange,
    JournalEntry,
)
from apps.assessments.permissions import READ_ALL
from apps.core.admin import TenantTabularInline


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
