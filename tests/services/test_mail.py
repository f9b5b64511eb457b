"""Mails go through a real SMTP server: they say the right thing, and a server that refuses them loses none."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from apps.core.choices import DeliveryState
from apps.core.events.outbox import MAX_ATTEMPTS, replay_delivery, retry_due_deliveries
from apps.core.ids import new_id
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD
from apps.users.models import User
from apps.users.services.invitations import invite
from tests.services.addresses import address_of
from tests.services.installation import Installation, ask, wait_until
from tests.services.relay import silent_server

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def mails_to(address: str) -> list[EmailMessage]:
    """Return what the server took for an address."""
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(Path(address_of("TEST_SMTP_FOLDER")).glob("*.eml"))
    ]
    return [mail for mail in mails if mail["X-RcptTo"] == address]


@pytest.fixture
def guest() -> str:
    """Return an address that no other test writes to."""
    return f"guest-{new_id().hex}@guest.test"


def test_an_invitation_reaches_its_guest_who_registers_with_it(
    installation: Installation, admin: User, guest: str
) -> None:
    web = installation.start_web()
    installation.start_worker()

    invited = ask(web, "POST", "/api/users/invitations/", {"email": guest, "roles": ["instructor"]}, user=admin)
    wait_until(lambda: mails_to(guest), "the mail is there")

    (mail,) = mails_to(guest)
    text = mail.get_content()
    link = re.search(r"https://maple\.localhost/register\?invitation=([\w-]+)", text)
    assert invited.status == 201
    assert (mail["X-MailFrom"], mail["From"], mail["To"]) == (*2 * ("noreply@lms.example.com",), guest)
    assert mail["Subject"] == "Your account at Maple School"
    assert "Pat Person" in text
    assert link is not None
    body = {"invitation": link[1], "password": PASSWORD, "first_name": "Gue", "last_name": "St"}
    registered = ask(web, "POST", "/api/auth/register/", body, school="maple")
    assert (registered.status, registered.body["email"]) == (201, guest)


@pytest.fixture
def mailing(transactional_db: None, settings: Settings, smtp: dict[str, str]) -> Settings:
    """Send the mails of this process to the SMTP server."""
    settings.EMAIL_BACKEND = smtp["EMAIL_BACKEND"]
    settings.EMAIL_HOST = smtp["EMAIL_HOST"]
    settings.EMAIL_PORT = int(smtp["EMAIL_PORT"])
    settings.EMAIL_TIMEOUT = 1
    return settings


def invite_to(school: Tenant, address: str, *, by: User) -> None:
    with tenant_context(school):
        invite(email=address, roles=["learner"], by=by)


def delivery_in(school: Tenant) -> Delivery:
    with tenant_context(school):
        return Delivery.objects.get(handler="users.send_invitation")


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    with silent_server() as port:
        yield port


@pytest.mark.parametrize("ill", ["closed_port", "silent_port"])
def test_a_mail_waits_for_a_server_that_is_down_or_silent(
    request: pytest.FixtureRequest, mailing: Settings, school: Tenant, admin: User, guest: str, ill: str
) -> None:
    well = mailing.EMAIL_PORT
    mailing.EMAIL_PORT = request.getfixturevalue(ill)
    invite_to(school, guest, by=admin)
    waiting = delivery_in(school)

    mailing.EMAIL_PORT = well
    early = retry_due_deliveries(now=timezone.now())
    in_time = retry_due_deliveries(now=timezone.now() + timedelta(minutes=1))

    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 1)
    assert re.match("ConnectionRefusedError|SMTPServerDisconnected", waiting.last_error)
    assert (early, in_time) == (0, 1)
    assert len(mails_to(guest)) == 1
    assert (delivery_in(school).state, delivery_in(school).last_error) == (DeliveryState.DONE, "")


@pytest.mark.parametrize(("domain", "code"), [("refused.test", "550"), ("later.test", "451")])
def test_a_mail_that_is_refused_every_time_is_parked_and_can_be_replayed(
    mailing: Settings, school: Tenant, admin: User, domain: str, code: str
) -> None:
    invite_to(school, f"guest@{domain}", by=admin)
    now, attempts = timezone.now(), []
    while (delivery := delivery_in(school)).state == DeliveryState.PENDING:
        attempts.append(delivery.attempts)
        now = delivery.next_attempt_at + timedelta(seconds=1)
        retry_due_deliveries(now=now)

    assert attempts == list(range(1, MAX_ATTEMPTS))
    assert (delivery.state, delivery.attempts) == (DeliveryState.PARKED, MAX_ATTEMPTS)
    assert code in delivery.last_error
    assert retry_due_deliveries(now=now + timedelta(days=30)) == 0
    replay_delivery(delivery=delivery)
    assert (delivery_in(school).state, delivery_in(school).attempts) == (DeliveryState.PENDING, 1)
    assert mails_to(f"guest@{domain}") == []
