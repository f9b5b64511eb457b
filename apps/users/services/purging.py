"""What is over for long is deleted."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from apps.users.models import Invitation, Session

KEEP_SESSIONS: Final = timedelta(days=30)
KEEP_INVITATIONS: Final = timedelta(days=90)


def purge_sessions(*, now: datetime | None = None) -> int:
    """Delete the open scope's sessions that ended longer than `KEEP_SESSIONS` ago; return how many."""
    limit = (now or timezone.now()) - KEEP_SESSIONS
    count, _ = Session.objects.filter(Q(expires_at__lt=limit) | Q(revoked_at__lt=limit)).delete()
    return count


def purge_invitations(*, now: datetime | None = None) -> int:
    """Delete the open tenant's invitations that expired longer than `KEEP_INVITATIONS` ago; return how many."""
    limit = (now or timezone.now()) - KEEP_INVITATIONS
    count, _ = Invitation.objects.filter(expires_at__lt=limit).delete()
    return count
