"""The mails that bring somebody in. A refused mail raises: the outbox sends it again later."""

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from apps.core.models import Tenant, TenantDomain
from apps.core.tenancy.context import current_tenant_id
from apps.users.models import Invitation, User
from apps.users.services.invitations import token_of


def mail_invitation(*, invitation_id: UUID) -> None:
    """Send an open invitation to its address; one that was used or withdrawn meanwhile is not sent."""
    invitation = Invitation.objects.filter(id=invitation_id, accepted_at=None).first()
    if invitation is None:
        return
    school, host = _school()
    inviter = User.objects.filter(id=invitation.invited_by_id).first() if invitation.invited_by_id else None
    _send(
        "invitation",
        f"Your account at {school}",
        invitation.email,
        school=school,
        inviter=(inviter.get_full_name() if inviter else school) if invitation.invited_by_id else "",
        link=settings.REGISTRATION_URL.format(host=host, token=token_of(invitation)),
        expires_at=invitation.expires_at,
    )


def mail_known_address(*, user_id: UUID) -> None:
    """Tell the owner of an account that somebody asked for another one with the same address."""
    user = User.objects.filter(id=user_id).first()
    if user is not None:
        school, host = _school()
        _send("known_address", f"Your account at {school}", user.email, school=school, host=host)


def _school() -> tuple[str, str]:
    """Return name and host of the open tenant."""
    tenant = Tenant.objects.get(id=current_tenant_id())
    primary = TenantDomain.objects.filter(is_primary=True).first()
    return tenant.name, primary.domain if primary else f"{tenant.slug}.{settings.TENANT_BASE_DOMAIN}"


def _send(template: str, subject: str, to: str, **facts: object) -> None:
    send_mail(subject, render_to_string(f"users/{template}.txt", facts), None, [to])
