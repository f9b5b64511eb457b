"""Groups and their members."""

from dataclasses import asdict
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin, lookup_of
from apps.users.filters import GroupFilter
from apps.users.models import Group, GroupMembership
from apps.users.permissions import GroupPolicy
from apps.users.serializers.groups import (
    AdditionsSerializer,
    GroupSerializer,
    MemberSerializer,
    NewMembersSerializer,
)
from apps.users.services.groups import add_members, change_group, create_group, delete_group, remove_member

WANTED = {"name": "2024 Cohort A", "description": "Everybody who started in spring."}
GROUP = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f63", **WANTED, "member_count": 6, "version": 1,
    "created_at": "2026-01-05T08:00:00Z",
}  # fmt: skip
USER_ID = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60"
MEMBER = {
    "user": USER_ID, "email": "alice.williams@acme.local", "first_name": "Alice", "last_name": "Williams",
    "joined_at": "2026-01-05T08:00:00Z",
}  # fmt: skip
REQUEST = OpenApiExample("Group", value=WANTED, request_only=True)
ANSWER = OpenApiExample("Group", value=GROUP, response_only=True)


@extend_schema_view(
    list=extend_schema(summary="List groups", description="Ordered by name.", examples=[ANSWER]),
    create=extend_schema(summary="Create a group", examples=[REQUEST, ANSWER]),
    retrieve=extend_schema(summary="Read a group", examples=[ANSWER]),
    partial_update=extend_schema(summary="Change a group", examples=[REQUEST, ANSWER]),
    destroy=extend_schema(summary="Delete a group", description="Its members stay in the school."),
)
class GroupViewSet(ListMixin, CreateMixin, RetrieveMixin, UpdateMixin, DestroyMixin):
    """Groups."""

    policy = GroupPolicy
    queryset = Group.objects.order_by("name", "id")
    serializer_class = GroupSerializer
    filterset_class = GroupFilter

    def perform_create(self, serializer: BaseSerializer[Any]) -> Group:
        return create_group(**serializer.validated_data, by=self.actor)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Group:
        group = cast("Group", serializer.instance)
        return change_group(group=group, changes=serializer.validated_data, by=self.actor)

    def perform_destroy(self, instance: Group) -> None:
        delete_group(group=instance, by=self.actor)


class GroupMemberViewSet(ListMixin):
    """Who is in a group."""

    policy = GroupPolicy
    queryset = GroupMembership.objects.order_by("user__last_name", "user__first_name", "id")
    serializer_class = MemberSerializer
    rows = "as_rows"

    @property
    def group(self) -> Group:
        found: Group = self.find(Group.objects.all(), self.kwargs["id"])
        return found

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(group=self.group)

    @extend_schema(
        summary="List the members of a group",
        description="Ordered by name.",
        examples=[OpenApiExample("Member", value=MEMBER, response_only=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="Add members to a group",
        description="Answers for each account what became of it; those that can be added are.",
        request=NewMembersSerializer,
        responses={200: AdditionsSerializer},
        examples=[
            OpenApiExample("Accounts", value={"users": [USER_ID]}, request_only=True),
            OpenApiExample("Additions", value={"results": [{"user": USER_ID, "outcome": "added"}]}, response_only=True),
        ],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = NewMembersSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        additions = add_members(group=self.group, user_ids=wanted.validated_data["users"], by=self.actor)
        return Response({"results": [asdict(addition) for addition in additions]})

    @extend_schema(
        summary="Remove a member from a group",
        responses={204: OpenApiResponse(description="The account is no longer in the group.")},
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        identifier = lookup_of(self.kwargs["user_id"])
        if not identifier or not remove_member(group=self.group, user_id=identifier["id"], by=self.actor):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)
