"""What the tests of invitations and registration share: asking, inviting, and reading the mail."""

import re
from typing import Any

from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from apps.core.models import SettingOverride, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD
from apps.users.models import User

REGISTER = "/api/auth/register/"
INVITATIONS = "/api/users/invitations/"
GUEST = "guest@guest.test"
AT_MAPLE = {"X-Tenant-Slug": "maple"}

Capture = DjangoCaptureOnCommitCallbacks


def set_mode(tenant: Tenant, mode: str, *domains: str) -> None:
    with tenant_context(tenant):
        SettingOverride.objects.create(key="users.registration_mode", value=mode)
        SettingOverride.objects.create(key="users.registration_domains", value=list(domains))


def post(body: Any, **headers: str) -> Any:
    return APIClient(headers=AT_MAPLE | headers).post(REGISTER, body)


def ask(capture: Capture, email: str = GUEST) -> Any:
    with capture(execute=True):
        return post({"email": email, "first_name": "X", "roles": ["admin"]})


def token_in_mail() -> str:
    found = re.search(r"invitation=([\w-]+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def accept(token: str, **more: Any) -> Any:
    return post({"invitation": token, "password": PASSWORD, "first_name": "Gue", "last_name": "St"} | more)


def invite_guest(client: APIClient, capture: Capture, **more: Any) -> Any:
    with capture(execute=True):
        return client.post(INVITATIONS, {"email": GUEST, "roles": ["instructor"]} | more)


def users(tenant: Tenant) -> set[str]:
    with tenant_context(tenant):
        return set(User.objects.values_list("email", flat=True))
