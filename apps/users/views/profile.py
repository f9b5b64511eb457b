"""One's own account."""

from typing import Any, cast

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.schema import failure
from apps.core.http.versions import etag_of, require_match
from apps.core.http.views import BaseViewSet
from apps.users.models import User
from apps.users.permissions import ProfilePolicy
from apps.users.serializers.users import ChangePasswordSerializer, ProfileSerializer
from apps.users.services.profiles import change_password, change_profile, get_own_account
from apps.users.views.auth import USER

PROFILE = {
    **USER, "status": "active", "avatar": None, "avatar_thumbnail": None, "bio": "Learns Python on the train.",
    "preferences": {"theme": "dark"}, "permissions": ["enrollments:self"], "version": 3,
    "created_at": "2026-01-05T08:00:00Z", "last_login_at": "2026-02-01T07:30:00Z",
}  # fmt: skip
ANSWER = OpenApiExample("Profile", value=PROFILE, response_only=True)


class ProfileViewSet(BaseViewSet):
    """The account behind the request."""

    policy = ProfilePolicy
    serializer_class = ProfileSerializer
    works_without_tenant = True

    @extend_schema(summary="Read one's own profile", examples=[ANSWER])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.profile_answer(get_own_account(user=self.actor))

    @extend_schema(
        summary="Change one's own profile",
        description="Names, bio, language, time zone (IANA), preferences and, as `multipart/form-data`, the avatar. "
        "Address, roles and status are not one's own to change; they are ignored.",
        examples=[
            OpenApiExample(
                "Changes", value={"bio": "Learns Python on the train.", "time_zone": "Europe/Berlin"}, request_only=True
            ),
            ANSWER,
        ],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        changes = self.validated(partial=True)
        with transaction.atomic():
            require_match(request, get_own_account(user=self.actor, lock=True))
            account = change_profile(user=self.actor, changes=changes)
        return self.profile_answer(account)

    def profile_answer(self, account: User) -> Response:
        """Return the account with the school at hand, which the entry of the request has loaded already."""
        tenant = cast("Any", self.request).tenant if account.tenant_id else None
        data = dict(self.get_serializer(_WithTenant(account, tenant)).data)
        return Response(data, headers={"ETag": etag_of(account) or ""})


class _WithTenant:
    """An account whose `tenant` is what the entry of the request knows of it: no further statement."""

    def __init__(self, account: User, tenant: Any) -> None:
        self._account = account
        self.tenant = tenant

    def __getattr__(self, name: str) -> Any:
        return getattr(self._account, name)


class ChangePasswordViewSet(BaseViewSet):
    """One's own password."""

    policy = ProfilePolicy
    serializer_class = ChangePasswordSerializer
    works_in_read_only_tenant = True
    works_without_tenant = True

    @extend_schema(
        summary="Change one's own password",
        description="Needs the present password. This session goes on; all others end at once. Wrong attempts are "
        "counted (429).",
        responses={204: OpenApiResponse(description="The password is changed."), 429: failure("429")},
        examples=[
            OpenApiExample(
                "Passwords",
                value={"old_password": "password123", "new_password": "a much better sentence"},
                request_only=True,
            )
        ],
    )
    def change_password(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        session_id = cast("Any", request).bearer_session_id
        change_password(user=self.actor, session_id=session_id, **self.validated())
        return Response(status=status.HTTP_204_NO_CONTENT)
