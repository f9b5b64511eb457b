"""What the list of the trash can be narrowed by."""

import django_filters

from apps.core.models import TrashEntry


class TrashFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Several filters narrow together."""

    kind = django_filters.CharFilter(label="Only rows of this kind: `files.folder`.")

    class Meta:
        model = TrashEntry
        fields: tuple[str, ...] = ()
