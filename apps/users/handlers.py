"""Reactions of accounts: the mails that bring somebody in."""

from apps.core.events import handles
from apps.users.events import InvitationCreated, KnownAddressRegistered
from apps.users.services.mails import mail_invitation, mail_known_address


@handles(InvitationCreated)
def send_invitation(event: InvitationCreated) -> None:
    """Mail the token; sending it twice harms nobody."""
    mail_invitation(invitation_id=event.invitation_id)


@handles(KnownAddressRegistered)
def send_known_address(event: KnownAddressRegistered) -> None:
    """Mail the news to the account's owner alone."""
    mail_known_address(user_id=event.user_id)
