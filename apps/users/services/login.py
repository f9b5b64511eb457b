"""Logging in: one answer and one cost for whatever is wrong."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from apps.core.errors import DomainError, PermissionRefused
from apps.users.choices import AccountStatus
from apps.users.entry import EnteredTenant
from apps.users.models import User
from apps.users.scopes import account_scope
from apps.users.selectors import LoginAccount, find_login_account
from apps.users.services.accounts import comparable
from apps.users.services.passwords import prove_password
from apps.users.services.sessions import Device, Tokens, start_session
from apps.users.services.throttle import Counter, network_of


class InvalidCredentials(DomainError):
    """No account, another password, or an address that several schools know: nobody learns which."""

    code = "invalid_credentials"
    default_detail = (
        "The address and the password do not match. If the address has accounts in several schools, "
        "use the school's own host, or send its slug as X-Tenant-Slug."
    )


class AccountIsSuspended(PermissionRefused):
    """The password is right, and the account is suspended."""

    code = "account_suspended"
    default_detail = "This account is suspended. Ask the people who run your school."


class TenantIsSuspended(PermissionRefused):
    """The password is right, and the school is suspended or archived."""

    code = "tenant_suspended"
    default_detail = "This school is closed at the moment; nobody can log in to it."


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who logged in, where, and with which tokens."""

    user: User
    tenant: EnteredTenant | None
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Proof:
    """An account whose password was right, and the hash that it should have from now on."""

    account: LoginAccount
    encoded: str


def log_in(
    *, email: str, password: str, tenant_id: UUID | None, device: Device, now: datetime | None = None
) -> LoggedIn:
    """Start a session for who proves an address and its password.

    Args:
        email: the address, in any case.
        password: as typed.
        tenant_id: the tenant that the request names; None leaves it to the address.
        device: where the request comes from.
        now: the time of the session's start.

    Raises:
        TooManyAttempts: the address or the network has failed too often.
        InvalidCredentials: whatever else is wrong with the two.
        AccountIsSuspended: the password is right, but the account may not log in.
        TenantIsSuspended: the password is right, but the tenant lets nobody in.
    """
    proof = prove_account(email=email, password=password, tenant_id=tenant_id, ip_address=device.ip_address)
    tokens = start_session(
        user=proof.account.user,
        proven=proof.account.encoded,
        encoded=proof.encoded,
        device=device,
        now=now or timezone.now(),
    )
    if tokens is None:  # the password was changed, or the account suspended, since it was read
        raise InvalidCredentials
    return LoggedIn(user=proof.account.user, tenant=proof.account.tenant, tokens=tokens)


def prove_account(*, email: str, password: str, tenant_id: UUID | None, ip_address: str | None) -> Proof:
    """Find the account and prove its password, throttled; shared by the API and the admin. Raises as `log_in`."""
    address = comparable(email)
    of_address, of_network = counters_of(address=address, ip_address=ip_address)
    of_network.take()
    of_address.take()
    account = find_login_account(email=address, tenant_id=tenant_id)
    is_right, upgraded = prove_password(password, account.encoded if account else None)
    if account is None or not is_right:
        raise InvalidCredentials
    # Only this attempt is forgiven: another school's account of the same address must not buy new guesses.
    of_address.give_back()
    of_network.give_back()
    if account.user.status != AccountStatus.ACTIVE:
        raise AccountIsSuspended
    if account.tenant is not None and not account.tenant.status.allows_login:
        raise TenantIsSuspended
    return Proof(account=account, encoded=upgraded or account.encoded)


def note_login(*, proof: Proof, now: datetime | None = None) -> None:
    """Note the time of a login whose session is a cookie of Django's, and keep its hash up to date."""
    user = proof.account.user
    with account_scope(user.tenant_id):
        User.objects.filter(id=user.id, password=proof.account.encoded).update(
            last_login_at=now or timezone.now(), password=proof.encoded
        )


def counters_of(*, address: str, ip_address: str | None) -> tuple[Counter, Counter]:
    """Return the counters of failed log-ins: of the address, in whichever school, and of the network."""
    seconds = settings.LOGIN_WINDOW_SECONDS
    return (
        Counter("login_address", address, settings.LOGIN_FAILURES_PER_ADDRESS, seconds),
        Counter("login_network", network_of(ip_address), settings.LOGIN_FAILURES_PER_NETWORK, seconds),
    )
