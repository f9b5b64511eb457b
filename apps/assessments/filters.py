"""What the lists of assessments, questions and attempts can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.assessments.choices import AssessmentStatus, AssessmentType, AttemptStatus, Difficulty
from apps.assessments.models import Accommodation, Assessment, Attempt, Question, QuestionVersion, Rubric
from apps.assessments.question_types import QUESTION_TYPES


class AssessmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    course = django_filters.UUIDFilter(field_name="course_id", label="Of this course.")
    status = django_filters.ChoiceFilter(choices=AssessmentStatus.choices)
    assessment_type = django_filters.ChoiceFilter(choices=AssessmentType.choices)

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()


class QuestionFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    category = django_filters.UUIDFilter(field_name="category_id", label="In this category.")
    tag = django_filters.CharFilter(method="filter_tag", label="Has this tag.")
    question_type = django_filters.ChoiceFilter(
        choices=[(name, name) for name in sorted(QUESTION_TYPES)],
        method="filter_current",
        label="Of this type.",
    )
    difficulty = django_filters.ChoiceFilter(choices=Difficulty.choices)
    q = django_filters.CharFilter(method="filter_current", label="Part of the text.")
    scope = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("shared", "Shared")],
        method="filter_scope",
        label="Your own questions, or those that are shared.",
    )
    is_archived = django_filters.BooleanFilter(label="Those out of the bank instead of those in it.")

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()

    def filter_tag(self, queryset: QuerySet[Question], name: str, value: Any) -> QuerySet[Question]:
        del name
        return queryset.filter(tags__contains=[value])

    def filter_current(self, queryset: QuerySet[Question], name: str, value: Any) -> QuerySet[Question]:
        """Narrow by what the current version asks; older versions do not count."""
        column = {"question_type": "question_type", "q": "question_text__icontains"}[name]
        current = QuestionVersion.objects.filter(
            question_id=OuterRef("id"), number=OuterRef("version_number"), **{column: value}
        )
        return queryset.filter(Exists(current))

    def filter_scope(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        del name
        if value == "shared":
            return queryset.filter(is_shared=True)
        return queryset.filter(created_by_id=self.request.user.id)


class RubricFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="Part of the title.")
    scope = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("shared", "Shared")],
        method="filter_scope",
        label="Your own rubrics, or those that are shared.",
    )
    is_archived = django_filters.BooleanFilter(label="Those out of use instead of those in it.")

    class Meta:
        model = Rubric
        fields: tuple[str, ...] = ()

    def filter_scope(self, queryset: QuerySet[Rubric], name: str, value: str) -> QuerySet[Rubric]:
        del name
        if value == "shared":
            return queryset.filter(is_shared=True)
        return queryset.filter(created_by_id=self.request.user.id)


class AccommodationFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    assessment = django_filters.UUIDFilter(field_name="assessment_id", label="In this assessment alone.")
    user = django_filters.UUIDFilter(field_name="user_id", label="Of this account.")
    group = django_filters.UUIDFilter(field_name="group_id", label="Of this group.")

    class Meta:
        model = Accommodation
        fields: tuple[str, ...] = ()


class AttemptFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    status = django_filters.ChoiceFilter(choices=AttemptStatus.choices)
    user = django_filters.UUIDFilter(field_name="user_id", label="Of this account.")

    class Meta:
        model = Attempt
        fields: tuple[str, ...] = ()
