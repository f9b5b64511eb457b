"""What happened to accounts, sessions and invitations."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountCreated(Event):
    """Somebody has an account from now on."""

    name: ClassVar[str] = "account.created.v1"
    user_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class AccountSuspended(Event):
    """The account can no longer log in, and its sessions have ended."""

    name: ClassVar[str] = "account.suspended.v1"
    user_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class AccountActivated(Event):
    """A suspended account may log in again."""

    name: ClassVar[str] = "account.activated.v1"
    user_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    """The account may do other things than before; roles are joined by commas."""

    name: ClassVar[str] = "account.roles_changed.v1"
    user_id: UUID
    before: str
    after: str
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The account has a new password; `actor_id` is somebody else when staff set it."""

    name: ClassVar[str] = "account.password_changed.v1"
    user_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class SessionStarted(Event):
    """Somebody logged in."""

    name: ClassVar[str] = "session.started.v1"
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefreshTokenReused(Event):
    """A refresh token came that was exchanged long before: somebody else may hold a copy."""

    name: ClassVar[str] = "session.refresh_reused.v1"
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvitationCreated(Event):
    """Somebody may register: invited by staff, or on their own request (`invited_by_id` is empty)."""

    name: ClassVar[str] = "invitation.created.v1"
    invitation_id: UUID
    invited_by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class KnownAddressRegistered(Event):
    """Somebody asked to register with the address of an account that exists."""

    name: ClassVar[str] = "registration.known_address.v1"
    user_id: UUID
