"""What the certificate list can be narrowed by."""

import django_filters
from django.db.models import QuerySet

from apps.certificates.choices import CertificateStatus
from apps.certificates.models import Certificate
from apps.certificates.numbers import normalize_number


class CertificateFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    course = django_filters.UUIDFilter(field_name="course_id", label="Of this course.")
    user = django_filters.UUIDFilter(field_name="user_id", label="Of this account.")
    status = django_filters.ChoiceFilter(choices=CertificateStatus.choices)
    number = django_filters.CharFilter(method="filter_number", label="With this number, in whatever spelling.")

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = ()

    def filter_number(self, queryset: QuerySet[Certificate], name: str, value: str) -> QuerySet[Certificate]:
        """Narrow to the one certificate whose number was meant."""
        del name
        number = normalize_number(value)
        return queryset.filter(number=number) if number else queryset.none()
