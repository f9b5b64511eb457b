"""What the lists of enrolments can be narrowed by."""

import django_filters
from django.db.models import Q, QuerySet

from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import ContentProgress, Enrollment


class RosterFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    status = django_filters.ChoiceFilter(choices=EnrollmentStatus.choices)
    q = django_filters.CharFilter(method="filter_person", label="Part of the learner's name or address.")

    class Meta:
        model = Enrollment
        fields: tuple[str, ...] = ()

    def filter_person(self, queryset: QuerySet[Enrollment], name: str, value: str) -> QuerySet[Enrollment]:
        del name
        return queryset.filter(
            Q(user__first_name__icontains=value) | Q(user__last_name__icontains=value) | Q(user__email__icontains=value)
        )


class EnrollmentFilter(RosterFilter):
    """The roster's, and by course and learner."""

    course = django_filters.UUIDFilter(field_name="course_id", label="In this course.")
    user = django_filters.UUIDFilter(field_name="user_id", label="Of this learner.")


class OwnEnrollmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """A learner's own list."""

    status = django_filters.ChoiceFilter(choices=EnrollmentStatus.choices)

    class Meta:
        model = Enrollment
        fields: tuple[str, ...] = ()


class ProgressFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """By course; staff also by learner."""

    course = django_filters.UUIDFilter(field_name="enrollment__course_id", label="In this course.")
    user = django_filters.UUIDFilter(field_name="enrollment__user_id", label="Of this learner; otherwise your own.")

    class Meta:
        model = ContentProgress
        fields: tuple[str, ...] = ()
