"""Invitations: a right to register one account, sent to its address.

The token follows from the row and the installation's secret, so that it can be mailed again after a failure
and is stored nowhere; the row holds a hash of it, and a new expiry makes a new token.
"""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.core.errors import Conflict, InvalidInput
from apps.core.events import emit
from apps.core.selectors import get_setting
from apps.users.choices import RegistrationMode, Role
from apps.users.events import InvitationCreated
from apps.users.models import Invitation, User
from apps.users.services.accounts import EmailTaken, RoleRequired, normalized, require_grantable

LIFETIME: Final = timedelta(days=7)


class InvitationInvalid(InvalidInput):
    """Nobody can register with this token."""

    code = "invitation_invalid"
    default_detail = "This invitation is unknown, used or expired. Ask for a new one."
    default_field = "invitation"


class InvitationsClosed(Conflict):
    """The school makes its accounts itself."""

    code = "registration_closed"
    default_detail = "Registration is closed in this school, so an invitation could not be used."


class InvitationUsed(Conflict):
    """The invitation has become an account."""

    code = "invitation_used"
    default_detail = "This invitation was accepted; suspend the account instead."


def invite(*, email: str, roles: Iterable[str], by: User, now: datetime | None = None) -> Invitation:
    """Invite an address to register with these roles; inviting again replaces what was open and mails anew.

    Raises:
        InvitationsClosed: the school's registration is closed.
        RoleRequired, BeyondOwnRights: the roles can't be given.
        EmailTaken: the address has an account.
    """
    wanted = set(roles)
    if not wanted:
        raise RoleRequired
    require_grantable(wanted, by=by)
    if get_setting("users.registration_mode") == RegistrationMode.CLOSED:
        raise InvitationsClosed
    if User.objects.filter(email__iexact=normalized(email)).exists():
        raise EmailTaken
    ordered = [role.value for role in Role if role in wanted]
    return open_invitation(email=email, roles=ordered, by=by, now=now or timezone.now())


@transaction.atomic
def open_invitation(*, email: str, roles: list[str], by: User | None, now: datetime) -> Invitation:
    """Store an open invitation, in place of one that is there, and have it mailed."""
    address = normalized(email)
    invitation = Invitation(email=address, roles=roles, invited_by_id=by.id if by else None, expires_at=now + LIFETIME)
    invitation.token_hash = hash_of(token_of(invitation))
    Invitation.objects.filter(email__iexact=address, accepted_at=None).delete()
    invitation.save(force_insert=True)
    emit(InvitationCreated(invitation_id=invitation.id, invited_by_id=invitation.invited_by_id))
    return invitation


def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """Make an open invitation worthless.

    Raises:
        InvitationUsed: it was accepted.
    """
    del by
    if invitation.accepted_at is not None:
        raise InvitationUsed
    invitation.delete()


def token_of(invitation: Invitation) -> str:
    """Return the token that the invitation's mail carries."""
    facts = f"{invitation.id}:{invitation.expires_at.timestamp()}"
    digest = salted_hmac("users.invitation", facts, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return sha256(token.encode()).hexdigest()
