"""Logging in and out, and staying logged in."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.schema import failure
from apps.core.http.views import BaseViewSet
from apps.users.permissions import AuthPolicy
from apps.users.requests import device_of
from apps.users.serializers.auth import (
    LoggedInSerializer,
    LoginSerializer,
    LogoutSerializer,
    RefreshSerializer,
    SwitchSerializer,
    TokensSerializer,
)
from apps.users.services.login import LoggedIn, log_in
from apps.users.services.sessions import TokenIsInvalid, log_out, log_out_by_refresh, refresh_session
from apps.users.services.switching import switch_account

TOKENS = {"access": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJhY2Nlc3MifQ.…", "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJyZWZyZXNoIn0.…"}  # fmt: skip  # noqa: E501
NOTHING_TO_END = "Send the refresh token of the session to end, or its access token; none that is good came."
USER = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "email": "alice.williams@acme.local", "first_name": "Alice",
    "last_name": "Williams", "roles": ["learner"], "is_platform_staff": False, "language": "en", "time_zone": "UTC",
    "tenant": {"id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f00", "slug": "acme", "name": "Acme Learning"},
}  # fmt: skip
LOGGED_IN = OpenApiExample("Logged in", value={**TOKENS, "user": USER}, response_only=True)
NEW_TOKENS = OpenApiExample("New tokens", value=TOKENS, response_only=True)
CREDENTIALS = OpenApiExample(
    "Credentials", value={"email": "alice.williams@acme.local", "password": "password123"}, request_only=True
)
REFRESH = OpenApiExample("Refresh token", value={"refresh": TOKENS["refresh"]}, request_only=True)


def logged_in_answer(result: LoggedIn) -> dict[str, Any]:
    """Return tokens and account as on the wire."""
    user, tenant = result.user, result.tenant
    return {
        "access": result.tokens.access,
        "refresh": result.tokens.refresh,
        "user": {
            "id": user.id,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "roles": user.roles,
            "is_platform_staff": user.is_platform_staff,
            "language": user.language,
            "time_zone": user.time_zone,
            "tenant": {"id": tenant.id, "slug": tenant.slug, "name": tenant.name} if tenant else None,
        },
    }


class AuthViewSet(BaseViewSet):
    """Whoever comes here shows a password or a token in the body; an `Authorization` header does not count."""

    policy = AuthPolicy
    authentication_classes = ()
    works_in_read_only_tenant = True
    works_without_tenant = True


class LoginViewSet(AuthViewSet):
    """Log in."""

    serializer_class = LoginSerializer

    @extend_schema(
        summary="Log in",
        description="The school is named by the host (its own domain or `<slug>.<base domain>`), else by "
        "`X-Tenant-Slug`, else it is the one in which the address has its only account. Whatever is wrong with "
        "address or password answers the same 400 `invalid_credentials`; a right password of a suspended account "
        "or school answers 403. Failed attempts are counted per address and per network (429).",
        responses={200: LoggedInSerializer, 403: failure("403"), 429: failure("429")},
        examples=[CREDENTIALS, LOGGED_IN],
    )
    def log_in(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        credentials = self.validated()
        named = request.named_tenant  # type: ignore[attr-defined]  # by EntryMiddleware
        result = log_in(**credentials, tenant_id=named and named.id, device=device_of(request))
        return Response(logged_in_answer(result))


class RefreshViewSet(AuthViewSet):
    """Stay logged in."""

    serializer_class = RefreshSerializer

    @extend_schema(
        summary="Refresh the tokens",
        description="Exchanges a refresh token for a new pair; from then on the old one is used up. Parallel "
        "requests with one token all succeed for 30 seconds. A later replay ends the whole session (401 "
        "`token_reused`), as do logout, a new password and suspension.",
        responses={200: TokensSerializer, 401: failure("401"), 403: failure("403")},
        examples=[REFRESH, NEW_TOKENS],
    )
    def refresh(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        named = request.named_tenant  # type: ignore[attr-defined]  # by EntryMiddleware
        tokens = refresh_session(refresh=self.validated()["refresh"], tenant_id=named and named.id)
        return Response({"access": tokens.access, "refresh": tokens.refresh})


class LogoutViewSet(AuthViewSet):
    """Log out."""

    serializer_class = LogoutSerializer

    @extend_schema(
        summary="Log out",
        description="Ends the session of the refresh token in the body or else of the access token in the header. "
        "Its access tokens are refused at once. Logging out twice is fine.",
        responses={204: OpenApiResponse(description="The session has ended."), 401: failure("401")},
        examples=[REFRESH],
    )
    def log_out(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        refresh = self.validated().get("refresh")
        user = request.bearer_user  # type: ignore[attr-defined]  # by EntryMiddleware
        if refresh is not None:
            log_out_by_refresh(refresh=refresh)
        elif user is not None:
            log_out(session_id=request.bearer_session_id, user=user)  # type: ignore[attr-defined]
        else:
            raise TokenIsInvalid(NOTHING_TO_END)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SwitchViewSet(BaseViewSet):
    """Change to another school."""

    policy = AuthPolicy
    serializer_class = SwitchSerializer
    works_in_read_only_tenant = True
    works_without_tenant = True

    @extend_schema(
        summary="Switch to another school",
        description="Logs in to the account that the same address has in another school, proven by that account's "
        "own password. The present session stays as it is; whoever still holds tokens of the other account simply "
        "goes on using those. Refusals and limits are those of the login.",
        responses={200: LoggedInSerializer, 429: failure("429")},
        examples=[
            OpenApiExample("School", value={"tenant": "techu", "password": "password123"}, request_only=True),
            LOGGED_IN,
        ],
    )
    def switch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = self.validated()
        result = switch_account(
            user=self.actor, slug=wanted["tenant"], password=wanted["password"], device=device_of(request)
        )
        return Response(logged_in_answer(result))
