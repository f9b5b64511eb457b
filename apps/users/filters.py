"""What the lists of accounts and groups can be narrowed and ordered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from apps.users.choices import AccountStatus, Role
from apps.users.models import Group, User


class StableOrdering(django_filters.OrderingFilter):  # type: ignore[misc]  # the library has no types
    """Ends every order with the id, so that pages never overlap."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        return qs.order_by(*[self.get_ordering_value(name) for name in value], "id")


class UserFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Unknown values answer 400; several filters narrow together."""

    role = django_filters.ChoiceFilter(choices=Role.choices, method="filter_role", label="Has this role.")
    status = django_filters.ChoiceFilter(choices=AccountStatus.choices)
    group = django_filters.UUIDFilter(field_name="group_memberships__group_id", label="Is in this group.")
    q = django_filters.CharFilter(
        method="filter_q", label="Part of the address or name; of several words, each must occur."
    )
    ordering = StableOrdering(fields=["last_name", "first_name", "email", "created_at", "last_login_at"])

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def filter_role(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        del name
        return queryset.filter(roles__contains=[value])

    def filter_q(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        del name
        for word in value.split()[:5]:
            queryset = queryset.filter(
                Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
            )
        return queryset


class GroupFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Groups by name, or by who is in them."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name.")
    user = django_filters.UUIDFilter(field_name="memberships__user_id", label="Has this member.")
    ordering = StableOrdering(fields=["name", "member_count", "created_at"])

    class Meta:
        model = Group
        fields: tuple[str, ...] = ()
