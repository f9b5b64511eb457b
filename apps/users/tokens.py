"""Access and refresh tokens: signed claims, checked against the session row at every use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from apps.core.ids import new_id

ACCESS: Final = "access"
REFRESH: Final = "refresh"


class InvalidToken(Exception):
    """The token is malformed, expired, of another kind, or not signed by this installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says: who (`user_id`), where (`tenant_id`, None for platform staff), and in which session."""

    user_id: UUID
    tenant_id: UUID | None
    session_id: UUID
    token_id: UUID


@cache
def _backend() -> TokenBackend:
    return TokenBackend("HS256", signing_key=settings.JWT_SECRET_KEY, leeway=timedelta(seconds=5))


def _sign(kind: str, claims: Claims, *, now: datetime, lifetime: timedelta, **extra: Any) -> str:
    payload = {
        "typ": kind,
        "sub": str(claims.user_id),
        "tenant": claims.tenant_id and str(claims.tenant_id),
        "sid": str(claims.session_id),
        "jti": str(claims.token_id),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        **extra,
    }
    return _backend().encode(payload)


def sign_access_token(
    *, user_id: UUID, tenant_id: UUID | None, session_id: UUID, roles: Sequence[str], now: datetime
) -> str:
    """Return an access token; `roles` are there for clients, the server reads the account's row."""
    claims = Claims(user_id=user_id, tenant_id=tenant_id, session_id=session_id, token_id=new_id())
    lifetime = timedelta(minutes=settings.ACCESS_TOKEN_MINUTES)
    return _sign(ACCESS, claims, now=now, lifetime=lifetime, roles=list(roles))


def sign_refresh_token(claims: Claims, *, now: datetime) -> str:
    """Return the refresh token of a session; `claims.token_id` is the one that the session row expects."""
    return _sign(REFRESH, claims, now=now, lifetime=timedelta(days=settings.REFRESH_TOKEN_DAYS))


def read_token(raw: str, *, kind: str) -> Claims:
    """Return the claims of a token of this kind.

    Raises:
        InvalidToken: it is not one of ours, not of this kind, or has expired.
    """
    try:
        payload = _backend().decode(raw)  # type: ignore[arg-type]  # it takes the encoded text
        if payload["typ"] != kind:
            raise InvalidToken
        return Claims(
            user_id=UUID(payload["sub"]),
            tenant_id=UUID(payload["tenant"]) if payload["tenant"] else None,
            session_id=UUID(payload["sid"]),
            token_id=UUID(payload["jti"]),
        )
    except (TokenBackendError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise InvalidToken from error
