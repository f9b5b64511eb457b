"""Mails about files. A refused mail raises: the outbox sends it again later."""

from uuid import UUID

from django.core.mail import send_mail
from django.template.loader import render_to_string

from apps.core.models import Tenant
from apps.core.tenancy.context import current_tenant_id
from apps.files.models import FileVersion
from apps.users.choices import AccountStatus
from apps.users.models import User


def mail_infected(*, file_id: UUID, user_id: UUID, finding: str) -> None:
    """Tell who uploaded a file that the scanner found something in it; accounts that are gone are not told."""
    user = User.objects.filter(id=user_id, status=AccountStatus.ACTIVE).first()
    version = FileVersion.objects.filter(file_id=file_id, uploaded_by_id=user_id).order_by("-number").first()
    if user is None or version is None:
        return
    school = Tenant.objects.get(id=current_tenant_id()).name
    text = render_to_string("files/infected.txt", {"name": version.name, "finding": finding, "school": school})
    send_mail(f"Malware in a file of yours at {school}", text, None, [user.email])
