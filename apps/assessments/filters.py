"""What the lists of assessments, questions and attempts can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.assessments.choices import AssessmentStatus, AssessmentType, AttemptStatus, Difficulty
from apps.assessments.models import Assessment, Attempt, Question


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

    tag = django_filters.CharFilter(method="filter_tag", label="Has this tag.")
    difficulty = django_filters.ChoiceFilter(choices=Difficulty.choices)

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()

    def filter_tag(self, queryset: QuerySet[Question], name: str, value: Any) -> QuerySet[Question]:
        del name
        return queryset.filter(tags__contains=[value])


class AttemptFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    status = django_filters.ChoiceFilter(choices=AttemptStatus.choices)
    user = django_filters.UUIDFilter(field_name="user_id", label="Of this account.")

    class Meta:
        model = Attempt
        fields: tuple[str, ...] = ()
