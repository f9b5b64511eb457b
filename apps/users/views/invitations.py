"""Inviting people, and registering."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.schema import failure
from apps.core.http.views import BaseViewSet, CreateMixin, DestroyMixin, ListMixin, RetrieveMixin
from apps.users.models import Invitation
from apps.users.permissions import AuthPolicy, InvitationPolicy
from apps.users.requests import client_address
from apps.users.serializers.invitations import (
    InvitationSerializer,
    RegistrationRequestedSerializer,
    RegistrationSerializer,
)
from apps.users.serializers.users import UserSerializer
from apps.users.services.invitations import invite, withdraw_invitation
from apps.users.services.registration import register, request_registration
from apps.users.views.users import ACCOUNT

WANTED = {"email": "maria.garcia@acme.local", "roles": ["instructor"]}
INVITATION = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f64", **WANTED, "invited_by": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60",
    "created_at": "2026-02-01T07:30:00Z", "expires_at": "2026-02-08T07:30:00Z", "accepted_at": None,
}  # fmt: skip
ANSWER = OpenApiExample("Invitation", value=INVITATION, response_only=True)
MAILED = "If this address can register here, a mail with the next step is on its way to it."


@extend_schema_view(
    list=extend_schema(summary="List invitations", description="The latest first.", examples=[ANSWER]),
    create=extend_schema(
        summary="Invite somebody",
        description="Mails a token with which the address can register, within a week, with these roles. Inviting "
        "again replaces the open invitation and mails a new token.",
        examples=[OpenApiExample("Invitation", value=WANTED, request_only=True), ANSWER],
    ),
    retrieve=extend_schema(summary="Read an invitation", examples=[ANSWER]),
    destroy=extend_schema(summary="Withdraw an invitation", description="Its token is worthless from now on."),
)
class InvitationViewSet(ListMixin, CreateMixin, RetrieveMixin, DestroyMixin):
    """Invitations."""

    policy = InvitationPolicy
    queryset = Invitation.objects.order_by("-created_at", "-id")
    serializer_class = InvitationSerializer

    def perform_create(self, serializer: BaseSerializer[Any]) -> Invitation:
        return invite(**serializer.validated_data, by=self.actor)

    def perform_destroy(self, instance: Invitation) -> None:
        withdraw_invitation(invitation=instance, by=self.actor)


class RegisterViewSet(BaseViewSet):
    """Register."""

    policy = AuthPolicy
    authentication_classes = ()
    serializer_class = RegistrationSerializer

    @extend_schema(
        summary="Register",
        description="Two steps, at a school that the host or `X-Tenant-Slug` names. With an `email` alone: where "
        "the school's `users.registration_mode` is `open`, or `domain` and the address is of such a domain, the "
        "address is mailed a token. The answer is the same whether it has an account or not. With a token as "
        "`invitation`, from that mail or from somebody's invitation: the account is made, with the invitation's "
        "address and roles; nobody chooses their own. Then log in.",
        responses={
            201: UserSerializer, 202: RegistrationRequestedSerializer, 403: failure("403"), 429: failure("429"),
        },
        examples=[
            OpenApiExample("First step", value={"email": "maria.garcia@acme.local"}, request_only=True),
            OpenApiExample(
                "Second step",
                value={
                    "invitation": "pZ0w1mVtN5c", "password": "a sentence that is long", "first_name": "Maria",
                    "last_name": "Garcia",
                },
                request_only=True,
            ),
            OpenApiExample("Account", value=ACCOUNT, response_only=True, status_codes=["201"]),
            OpenApiExample("On its way", value={"detail": MAILED}, response_only=True, status_codes=["202"]),
        ],
    )  # fmt: skip
    def register(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = self.validated()
        address = client_address(request)
        if "invitation" not in wanted:
            request_registration(email=wanted["email"], ip_address=address)
            return Response({"detail": MAILED}, status=status.HTTP_202_ACCEPTED)
        user = register(
            token=wanted["invitation"],
            password=wanted["password"],
            first_name=wanted["first_name"],
            last_name=wanted["last_name"],
            ip_address=address,
        )
        return Response(UserSerializer(user).data, status=status.HTTP_201_CREATED)
