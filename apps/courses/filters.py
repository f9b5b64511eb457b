"""What the course list can be narrowed and ordered by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.courses.choices import CourseStatus, Difficulty
from apps.courses.models import Course


class CourseOrdering(django_filters.OrderingFilter):  # type: ignore[misc]  # ships no types
    """Ends every order with the id, so that pages never overlap."""

    def filter(self, qs: QuerySet[Course], value: Any) -> QuerySet[Course]:
        if not value:
            return qs
        return qs.order_by(*[self.get_ordering_value(name) for name in value], "-id")


class CourseFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    status = django_filters.ChoiceFilter(choices=CourseStatus.choices)
    category = django_filters.CharFilter(lookup_expr="iexact")
    difficulty_level = django_filters.ChoiceFilter(choices=Difficulty.choices)
    tag = django_filters.CharFilter(method="filter_tag", label="Has this tag.")
    language = django_filters.CharFilter(lookup_expr="iexact")
    instructor = django_filters.UUIDFilter(field_name="instructor_links__user_id", label="Taught by this account.")
    price = django_filters.ChoiceFilter(
        choices=[("free", "Free"), ("paid", "Paid")], method="filter_price", label="Free or paid."
    )
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="Part of the title.")
    ordering = CourseOrdering(
        fields=["title", "created_at", "updated_at", "published_at", "duration_minutes", "price_amount"]
    )

    scope = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("all", "All")],
        method="filter_scope",
        label="For authors: the courses they teach (the default), or all that they may see.",
    )

    class Meta:
        model = Course
        fields: tuple[str, ...] = ()

    def filter_tag(self, queryset: QuerySet[Course], name: str, value: str) -> QuerySet[Course]:
        del name
        return queryset.filter(tags__contains=[value])

    def filter_scope(self, queryset: QuerySet[Course], name: str, value: str) -> QuerySet[Course]:
        """Leave it to the view, which knows the default of the reader."""
        del name, value
        return queryset

    def filter_price(self, queryset: QuerySet[Course], name: str, value: str) -> QuerySet[Course]:
        del name
        return queryset.filter(price_amount=0) if value == "free" else queryset.filter(price_amount__gt=0)
