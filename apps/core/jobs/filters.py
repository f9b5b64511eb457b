"""What lists of jobs and of their rows can be narrowed by."""

import django_filters

from apps.core.choices import JobRowState, JobState
from apps.core.models import Job, JobRow


class JobFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Several filters narrow together."""

    state = django_filters.ChoiceFilter(choices=JobState.choices, label="Only jobs in this state.")
    kind = django_filters.CharFilter(label="Only jobs of this kind: `gradebook.export`.")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()


class JobRowFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Of the rows of one job."""

    state = django_filters.ChoiceFilter(choices=JobRowState.choices, label="Only rows in this state.")

    class Meta:
        model = JobRow
        fields: tuple[str, ...] = ()
