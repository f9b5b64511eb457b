"""The accounts of a school, for its staff."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.users.filters import UserFilter
from apps.users.models import User
from apps.users.permissions import UserPolicy
from apps.users.serializers.users import NewUserSerializer, RolesSerializer, UserRowSerializer, UserSerializer
from apps.users.services.accounts import (
    activate_account,
    change_account,
    create_account,
    set_roles,
    suspend_account,
)

ROW = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "email": "alice.williams@acme.local", "first_name": "Alice",
    "last_name": "Williams", "roles": ["learner"], "is_platform_staff": False, "status": "active", "language": "en",
    "time_zone": "UTC", "created_at": "2026-01-05T08:00:00Z", "last_login_at": "2026-02-01T07:30:00Z",
}  # fmt: skip
NEW = {
    "email": "new.user@acme.local", "first_name": "New", "last_name": "User", "role": "learner",
    "password": "securepassword123",
}  # fmt: skip
ACCOUNT = {**ROW, "avatar": None, "avatar_thumbnail": None, "bio": "", "version": 1}
ANSWER = OpenApiExample("Account", value=ACCOUNT, response_only=True, status_codes=["200", "201"])


@extend_schema_view(
    list=extend_schema(
        summary="List accounts",
        description="For admins, principals and instructors, ordered by name.",
        responses=UserRowSerializer(many=True),
        examples=[OpenApiExample("Account", value=ROW, response_only=True)],
    ),
    create=extend_schema(
        summary="Create an account",
        description="With one `role` or several `roles`; without either it is a learner's. An admin gives no rights "
        "that it does not have.",
        request=NewUserSerializer,
        responses={201: UserSerializer},
        examples=[OpenApiExample("Account", value=NEW, request_only=True), ANSWER],
    ),
    retrieve=extend_schema(summary="Read an account", examples=[ANSWER]),
    partial_update=extend_schema(
        summary="Change an account",
        description="Address, names, language and time zone. Roles and status have operations of their own; here "
        "they are ignored.",
        examples=[OpenApiExample("Changes", value={"last_name": "Williams-Gray"}, request_only=True), ANSWER],
    ),
    destroy=extend_schema(
        summary="Remove an account",
        description="Suspends it: what it did stays on record, and `activate` brings it back.",
        responses={204: OpenApiResponse(description="The account is suspended.")},
    ),
)
class UserViewSet(ListMixin, CreateMixin, RetrieveMixin, UpdateMixin, DestroyMixin):
    """Accounts."""

    policy = UserPolicy
    queryset = User.objects.order_by("last_name", "first_name", "id")
    serializer_class = UserSerializer
    filterset_class = UserFilter
    rows = "as_rows"

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if self.action == "create" and "data" in kwargs:
            return NewUserSerializer(*args, **kwargs, context=self.get_serializer_context())
        return super().get_serializer(*args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Any]) -> User:
        return create_account(**serializer.validated_data, by=self.actor)

    def perform_update(self, serializer: BaseSerializer[Any]) -> User:
        account = cast("User", serializer.instance)
        return change_account(account=account, changes=serializer.validated_data, by=self.actor)

    def perform_destroy(self, instance: User) -> None:
        suspend_account(account=instance, by=self.actor)

    @extend_schema(
        summary="Suspend an account",
        description="It can no longer log in, and its sessions end at once. Nobody suspends themselves or the "
        "school's last active admin (409 `last_admin`).",
        request=None,
        responses=UserSerializer,
        examples=[ANSWER],
    )
    def suspend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(suspend_account(account=self.get_object(), by=self.actor))

    @extend_schema(
        summary="Activate an account",
        description="A suspended account may log in again.",
        request=None,
        responses=UserSerializer,
        examples=[ANSWER],
    )
    def activate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(activate_account(account=self.get_object(), by=self.actor))

    @extend_schema(
        summary="Set an account's roles",
        description="The account has exactly these from now on. An admin neither gives nor takes rights that it does "
        "not have; nobody changes their own roles; a school keeps an active admin (409 `last_admin`).",
        request=RolesSerializer,
        responses=UserSerializer,
        examples=[OpenApiExample("Roles", value={"roles": ["learner", "instructor"]}, request_only=True), ANSWER],
    )
    def set_roles(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = RolesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        account = set_roles(account=self.get_object(), roles=wanted.validated_data["roles"], by=self.actor)
        return self.answer(account)
