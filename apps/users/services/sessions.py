"""Sessions: a family of refresh tokens each, of which one is good at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.core.choices import TenantStatus
from apps.core.errors import DomainError, PermissionRefused
from apps.core.events import emit
from apps.core.ids import new_id
from apps.users.choices import AccountStatus, RevocationReason
from apps.users.events import RefreshTokenReused, SessionStarted
from apps.users.models import Session, User
from apps.users.scopes import account_scope
from apps.users.tokens import REFRESH, Claims, InvalidToken, read_token, sign_access_token, sign_refresh_token

GRACE: Final = timedelta(seconds=30)

# Only if the account is still what was proven a moment ago: a new password or a suspension in between wins.
START_SESSION = """
WITH account AS (
    UPDATE users_user SET last_login_at = %(now)s, password = %(encoded)s
    WHERE id = %(user)s AND tenant_id IS NOT DISTINCT FROM %(tenant)s
      AND password = %(proven)s AND status = %(active)s
    RETURNING id, tenant_id
)
INSERT INTO users_session (
    id, tenant_id, user_id, refresh_jti, user_agent, ip_address, created_at, last_used_at, expires_at, revocation_reason
)
SELECT %(session)s, tenant_id, id, %(jti)s, %(user_agent)s, %(ip_address)s, %(now)s, %(now)s, %(expires_at)s, ''
FROM account
"""


class TokenIsInvalid(DomainError):
    """The refresh token is malformed, expired, of another kind, or not ours."""

    status = 401
    code = "token_invalid"
    default_detail = "The refresh token is malformed or has expired; log in again."


class SessionHasEnded(DomainError):
    """The session was logged out or revoked, or its time is over."""

    status = 401
    code = "session_ended"
    default_detail = "This session has ended; log in again."


class SessionOfSuspendedAccount(DomainError):
    """The account was suspended, and its sessions with it."""

    status = 401
    code = "account_suspended"
    default_detail = "This account is suspended, so its sessions have ended. Ask the people who run your school."


class SessionOfSuspendedTenant(DomainError):
    """The school was suspended or archived."""

    status = 401
    code = "tenant_suspended"
    default_detail = "This school is closed at the moment, so sessions in it cannot go on."


class RefreshReuse(DomainError):
    """The token was exchanged before: somebody holds a copy, so the whole session ends."""

    status = 401
    code = "token_reused"
    default_detail = "This refresh token was used before. To be safe its session has ended; log in again."


class WrongHost(PermissionRefused):
    """The host names one school, the token another."""

    code = "tenant_mismatch"
    default_detail = "The host, the X-Tenant-Slug header and the token do not belong to the same school."


@dataclass(frozen=True, slots=True)
class Device:
    """Where a session is used from, as far as the request tells."""

    user_agent: str = ""
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a session."""

    access: str
    refresh: str
    session_id: UUID


def start_session(*, user: User, proven: str, encoded: str, device: Device, now: datetime) -> Tokens | None:
    """Start a session for an account whose password was just proven against the hash `proven`.

    Stores `encoded` as its hash: the same, or one with up-to-date parameters.

    Returns:
        None when the account's password or status has changed in between.
    """
    session_id, token_id = new_id(), new_id()
    values: dict[str, Any] = {
        "now": now, "encoded": encoded, "proven": proven, "user": user.id, "tenant": user.tenant_id,
        "active": AccountStatus.ACTIVE, "session": session_id, "jti": token_id, "user_agent": device.user_agent,
        "ip_address": device.ip_address, "expires_at": now + timedelta(days=settings.REFRESH_TOKEN_DAYS),
    }  # fmt: skip
    with account_scope(user.tenant_id), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(START_SESSION, values)
            if cursor.rowcount == 0:
                return None
        emit(SessionStarted(user_id=user.id, session_id=session_id))
    return _sign(user, session_id, token_id, now=now)


def _sign(user: User, session_id: UUID, token_id: UUID, *, now: datetime) -> Tokens:
    claims = Claims(user_id=user.id, tenant_id=user.tenant_id, session_id=session_id, token_id=token_id)
    access = sign_access_token(
        user_id=user.id, tenant_id=user.tenant_id, session_id=session_id, roles=user.roles, now=now
    )
    return Tokens(access=access, refresh=sign_refresh_token(claims, now=now), session_id=session_id)


def refresh_session(*, refresh: str, tenant_id: UUID | None, now: datetime | None = None) -> Tokens:
    """Exchange a refresh token for a new one and an access token.

    Requests that a client sends in parallel with the same token all get the family's newest one: for `GRACE`
    after an exchange its predecessor is still good. Later it is a copy in other hands, and the session ends.

    Args:
        refresh: the token.
        tenant_id: the tenant that the request names, if it names one.
        now: the time of the exchange.

    Raises:
        TokenIsInvalid, SessionHasEnded, SessionOfSuspendedAccount, SessionOfSuspendedTenant, RefreshReuse:
            all of them 401.
        WrongHost: the request names another tenant.
    """
    claims = _claims_of(refresh)
    if tenant_id and claims.tenant_id and tenant_id != claims.tenant_id:
        raise WrongHost
    moment = now or timezone.now()
    with account_scope(claims.tenant_id):
        tokens = _exchange(claims, moment)
    if tokens is None:
        raise RefreshReuse
    return tokens


def _claims_of(refresh: str) -> Claims:
    try:
        return read_token(refresh, kind=REFRESH)
    except InvalidToken as error:
        raise TokenIsInvalid from error


@transaction.atomic
def _exchange(claims: Claims, now: datetime) -> Tokens | None:
    """Rotate under the session's lock; None when the token was a replay, and the session is revoked for it."""
    session = (
        Session.objects.select_for_update(of=("self",))
        .select_related("user__tenant")
        .filter(id=claims.session_id, user_id=claims.user_id)
        .first()
    )
    if session is None:
        raise SessionHasEnded
    _require_alive(session, now)
    if claims.token_id == session.refresh_jti:
        _rotate(session, now)
    elif not _is_in_grace(session, claims.token_id, now):
        _revoke(session, RevocationReason.REUSE, now)
        emit(RefreshTokenReused(user_id=session.user_id, session_id=session.id))
        return None
    return _sign(session.user, session.id, session.refresh_jti, now=now)


def _require_alive(session: Session, now: datetime) -> None:
    user = session.user
    if user.status != AccountStatus.ACTIVE:
        raise SessionOfSuspendedAccount
    if user.tenant is not None and not TenantStatus(user.tenant.status).allows_login:
        raise SessionOfSuspendedTenant
    if session.revoked_at is not None or session.expires_at <= now:
        raise SessionHasEnded


def _is_in_grace(session: Session, token_id: UUID, now: datetime) -> bool:
    return (
        token_id == session.previous_refresh_jti
        and session.rotated_at is not None
        and now - session.rotated_at <= GRACE
    )


def _rotate(session: Session, now: datetime) -> None:
    session.previous_refresh_jti, session.refresh_jti = session.refresh_jti, new_id()
    session.rotated_at = session.last_used_at = now
    session.expires_at = now + timedelta(days=settings.REFRESH_TOKEN_DAYS)
    session.save(update_fields=["refresh_jti", "previous_refresh_jti", "rotated_at", "last_used_at", "expires_at"])


def _revoke(session: Session, reason: RevocationReason, now: datetime) -> None:
    session.revoked_at = now
    session.revocation_reason = reason
    session.save(update_fields=["revoked_at", "revocation_reason"])


def log_out(*, session_id: UUID, user: User, now: datetime | None = None) -> None:
    """End the session of a request; ending it twice is fine."""
    with account_scope(user.tenant_id):
        _end(user.id, RevocationReason.LOGOUT, now=now, only=session_id)


def log_out_by_refresh(*, refresh: str, now: datetime | None = None) -> None:
    """End the session that a refresh token belongs to; ending it twice is fine.

    Raises:
        TokenIsInvalid: it is no refresh token of ours.
    """
    claims = _claims_of(refresh)
    with account_scope(claims.tenant_id):
        _end(claims.user_id, RevocationReason.LOGOUT, now=now, only=claims.session_id)


def revoke_session(*, session: Session, by: User, now: datetime | None = None) -> None:
    """End one session, at once: its access tokens are no longer good either."""
    del by
    _end(session.user_id, RevocationReason.REVOKED, now=now, only=session.id)


def revoke_sessions(
    *, user: User, reason: RevocationReason, keep: UUID | None = None, now: datetime | None = None
) -> int:
    """End all sessions of an account but the one to `keep`; return how many were alive."""
    with account_scope(user.tenant_id):
        return _end(user.id, reason, now=now, keep=keep)


def _end(
    user_id: UUID, reason: RevocationReason, *, now: datetime | None, only: UUID | None = None, keep: UUID | None = None
) -> int:
    alive = Session.objects.filter(user_id=user_id, revoked_at=None)
    if only is not None:
        alive = alive.filter(id=only)
    if keep is not None:
        alive = alive.exclude(id=keep)
    return alive.update(revoked_at=now or timezone.now(), revocation_reason=reason)
