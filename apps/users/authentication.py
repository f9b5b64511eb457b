"""DRF's view of who is calling: what `EntryMiddleware` has already proven."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.users.models import User


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; the Django admin's cookie does not count in the API."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        if failure := getattr(request, "bearer_failure", None):
            code, detail = failure
            raise AuthenticationFailed(detail, code=code)
        user = getattr(request, "bearer_user", None)
        return None if user is None else (user, None)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = "apps.users.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
