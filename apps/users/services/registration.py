"""Registering: first the address is proven by a mail, then the account is made.

Asking for an account answers the same whether the address has one or not, so nobody can find out; whoever
owns the mailbox learns which it is.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.core.choices import TenantStatus
from apps.core.errors import PermissionRefused, TenantRequired
from apps.core.events import emit
from apps.core.models import Tenant
from apps.core.selectors import get_setting
from apps.core.tenancy.context import current_scope
from apps.users.choices import RegistrationMode, Role
from apps.users.events import KnownAddressRegistered
from apps.users.models import Invitation, User
from apps.users.services.accounts import create_account, normalized
from apps.users.services.invitations import InvitationInvalid, hash_of, open_invitation
from apps.users.services.login import TenantIsSuspended
from apps.users.services.throttle import Counter, network_of

MAILS_PER_ADDRESS: Final = 3
MAILS_PER_NETWORK: Final = 30
MAIL_WINDOW: Final = 3600
TOKENS_PER_NETWORK: Final = 100


class RegistrationClosed(PermissionRefused):
    """The school does not let this person register."""

    code = "registration_closed"


CLOSED: Final = {
    RegistrationMode.CLOSED: "Nobody can register in this school; its staff make the accounts.",
    RegistrationMode.INVITATION: "This school is open to people with an invitation only. Send its token.",
    RegistrationMode.DOMAIN: "Only addresses of certain mail domains can register in this school.",
}


def request_registration(*, email: str, ip_address: str | None, now: datetime | None = None) -> None:
    """Mail the address a token to register with, or the news that it has an account.

    Raises:
        TenantRequired, TenantIsSuspended: the request names no school, or one that is closed.
        TooManyAttempts: too many mails to the address, or asked for by the network.
        RegistrationClosed: the school's mode does not let this address in.
    """
    _require_open_tenant()
    address = normalized(email)
    Counter("register_network", network_of(ip_address), MAILS_PER_NETWORK, MAIL_WINDOW).take()
    if not is_admitted(address):
        raise RegistrationClosed(CLOSED[_mode()])
    Counter("register_address", f"{current_scope().tenant_id}:{address}", MAILS_PER_ADDRESS, MAIL_WINDOW).take()
    with transaction.atomic():
        account = User.objects.filter(email__iexact=address).only("id").first()
        if account is not None:
            emit(KnownAddressRegistered(user_id=account.id))
        elif not _has_staffs_invitation(address, now or timezone.now()):
            open_invitation(email=address, roles=[Role.LEARNER], by=None, now=now or timezone.now())


def register(
    *, token: str, password: str, first_name: str, last_name: str, ip_address: str | None, now: datetime | None = None
) -> User:
    """Make the account of an invitation, with the invitation's roles and address.

    Raises:
        TenantRequired, TenantIsSuspended: the request names no school, or one that is closed.
        TooManyAttempts: the network tried too many tokens.
        InvitationInvalid: the token is unknown, used or expired.
        RegistrationClosed: the school's mode no longer lets this person in.
        WeakPassword: the password is too easy to guess.
        EmailTaken: staff made an account with the address meanwhile.
    """
    _require_open_tenant()
    Counter("register_token", network_of(ip_address), TOKENS_PER_NETWORK, MAIL_WINDOW).take()
    moment = now or timezone.now()
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(token_hash=hash_of(token), accepted_at=None, expires_at__gt=moment)
            .first()
        )
        if invitation is None:
            raise InvitationInvalid
        _require_still_admitted(invitation)
        user = create_account(
            email=invitation.email,
            password=password,
            roles=invitation.roles,
            first_name=first_name,
            last_name=last_name,
            by=None,
        )
        invitation.accepted_at = moment
        invitation.save(update_fields=["accepted_at"])
    return user


def is_admitted(address: str) -> bool:
    """Whether the school lets people with this address register by themselves."""
    mode = _mode()
    if mode == RegistrationMode.DOMAIN:
        domains = {domain.lower().lstrip("@") for domain in get_setting("users.registration_domains")}
        return address.rpartition("@")[2] in domains
    return mode == RegistrationMode.OPEN


def _require_still_admitted(invitation: Invitation) -> None:
    mode = _mode()
    is_by_staff = invitation.invited_by_id is not None and mode != RegistrationMode.CLOSED
    if not is_by_staff and not is_admitted(invitation.email):
        raise RegistrationClosed(CLOSED[mode])


def _has_staffs_invitation(address: str, now: datetime) -> bool:
    """Whether staff invited this address: their mail is on its way, and nobody else can make it worthless."""
    invitations = Invitation.objects.filter(email__iexact=address, accepted_at=None, expires_at__gt=now)
    return invitations.exclude(invited_by_id=None).exists()


def _mode() -> RegistrationMode:
    return RegistrationMode(get_setting("users.registration_mode"))


def _require_open_tenant() -> None:
    tenant_id = current_scope().tenant_id
    if tenant_id is None:
        raise TenantRequired
    if not TenantStatus(Tenant.objects.get(id=tenant_id).status).allows_login:
        raise TenantIsSuspended
