"""What the lists of a gradebook can be narrowed by."""

import django_filters

from apps.gradebook.choices import ScaleKind
from apps.gradebook.models import GradeItem, GradeScale


class GradeItemFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    category = django_filters.UUIDFilter(field_name="category_id", label="In this category.")
    assessment = django_filters.UUIDFilter(field_name="assessment_id", label="Of this assessment.")
    is_counted = django_filters.BooleanFilter(label="Those that count, or those that do not.")
    is_hidden = django_filters.BooleanFilter(label="Those that learners do not see, or the others.")

    class Meta:
        model = GradeItem
        fields: tuple[str, ...] = ()


class GradeScaleFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400."""

    kind = django_filters.ChoiceFilter(choices=ScaleKind.choices)

    class Meta:
        model = GradeScale
        fields: tuple[str, ...] = ()
