"""Accounts of a school: made, changed, suspended, and given roles."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.core.errors import Conflict, InvalidInput, PermissionRefused, TenantRequired
from apps.core.events import emit
from apps.core.models import Tenant
from apps.core.tenancy.context import current_scope, current_tenant_id
from apps.users.choices import AccountStatus, RevocationReason, Role
from apps.users.events import AccountActivated, AccountCreated, AccountSuspended, RolesChanged
from apps.users.models import User
from apps.users.roles import permissions_of
from apps.users.services.passwords import hash_new_password
from apps.users.services.sessions import revoke_sessions

CHANGEABLE: Final = frozenset({"email", "first_name", "last_name", "language", "time_zone"})


class EmailTaken(Conflict):
    """Another account of the school has this address."""

    code = "email_taken"
    default_detail = "An account of this school has this address already."
    default_field = "email"


class InvalidAddress(InvalidInput):
    """Letters that look like others would make a second account of one mailbox, or one that reads like another's."""

    code = "invalid_email"
    default_detail = "Before the @ use letters without accents, digits and signs; behind it, a domain name."
    default_field = "email"


class RoleRequired(InvalidInput):
    """An account without a role could do nothing."""

    code = "role_required"
    default_detail = "Give the account at least one role."
    default_field = "roles"


class BeyondOwnRights(PermissionRefused):
    """Nobody gives, takes or overrules what they do not have themselves."""

    code = "beyond_own_rights"
    default_detail = "This concerns rights that you do not have yourself, so you can neither give nor take them."


class OwnAccount(PermissionRefused):
    """Nobody changes their own roles or suspends themselves."""

    code = "own_account"
    default_detail = "You cannot do this to your own account; ask another admin."


class LastAdmin(Conflict):
    """A school always has somebody who can run it."""

    code = "last_admin"
    default_detail = "This is the school's last active admin. Make somebody else an admin first."


def create_account(
    *,
    email: str,
    password: str,
    roles: Iterable[str],
    by: User | None,
    first_name: str = "",
    last_name: str = "",
    **profile: str,
) -> User:
    """Make an account in the open tenant.

    Args:
        email: the address; kept in lower case.
        password: as chosen.
        roles: one or more of `Role`.
        by: who makes it; None when the person registers, or on the command line.
        first_name: may be empty.
        last_name: may be empty.
        profile: `language`, `time_zone`.

    Raises:
        TenantRequired: no tenant is open.
        RoleRequired, BeyondOwnRights: the roles can't be given.
        WeakPassword: the password is too easy to guess.
        EmailTaken: the tenant has an account with this address.
    """
    _require_tenant()
    user = User(
        email=normalized(email),
        roles=_checked_roles(roles, before=(), by=by),
        first_name=first_name,
        last_name=last_name,
        **profile,
    )
    user.password = hash_new_password(password, user=user)
    with transaction.atomic():
        _store(user, force_insert=True)
        emit(AccountCreated(user_id=user.id, actor_id=by.id if by else None))
    return user


def change_account(*, account: User, changes: Mapping[str, Any], by: User) -> User:
    """Change address, names, language or time zone of an account; other fields have services of their own.

    Raises:
        BeyondOwnRights: the account may do what `by` may not.
        EmailTaken: the tenant has an account with this address.
    """
    with transaction.atomic():
        row = _lock(account.id)
        _refuse_stronger(row, by)
        for name, value in changes.items():
            if name in CHANGEABLE:
                setattr(row, name, normalized(value) if name == "email" else value)
        row.version += 1
        _store(row)
    return row


def set_roles(*, account: User, roles: Iterable[str], by: User) -> User:
    """Give an account exactly these roles.

    Raises:
        OwnAccount: it is one's own.
        RoleRequired, BeyondOwnRights: the roles can't be given or taken.
        LastAdmin: the school would be left without an admin.
    """
    _refuse_own(account, by)
    with transaction.atomic():
        _lock_admins()
        row = _lock(account.id)
        before = list(row.roles)
        row.roles = _checked_roles(roles, before=before, by=by)
        if row.roles == before:
            return row
        if Role.ADMIN in before and Role.ADMIN not in row.roles:
            _refuse_last_admin(row)
        row.version += 1
        row.save(update_fields=["roles", "version", "updated_at"])
        emit(RolesChanged(user_id=row.id, before=",".join(before), after=",".join(row.roles), actor_id=by.id))
    return row


def suspend_account(*, account: User, by: User) -> User:
    """Keep an account from logging in and end its sessions at once; suspending twice changes nothing.

    Raises:
        OwnAccount: it is one's own.
        BeyondOwnRights: the account may do what `by` may not.
        LastAdmin: the school would be left without an admin.
    """
    _refuse_own(account, by)
    with transaction.atomic():
        _lock_admins()
        row = _lock(account.id)
        _refuse_stronger(row, by)
        if row.status == AccountStatus.SUSPENDED:
            return row
        if Role.ADMIN in row.roles:
            _refuse_last_admin(row)
        _set_status(row, AccountStatus.SUSPENDED)
        revoke_sessions(user=row, reason=RevocationReason.SUSPENDED)
        emit(AccountSuspended(user_id=row.id, actor_id=by.id))
    return row


def activate_account(*, account: User, by: User) -> User:
    """Let a suspended account log in again; doing so twice changes nothing.

    Raises:
        BeyondOwnRights: the account may do what `by` may not.
    """
    with transaction.atomic():
        row = _lock(account.id)
        _refuse_stronger(row, by)
        if row.status == AccountStatus.ACTIVE:
            return row
        _set_status(row, AccountStatus.ACTIVE)
        emit(AccountActivated(user_id=row.id, actor_id=by.id))
    return row


def comparable(email: str) -> str:
    """Return whatever somebody typed as an address, in the one spelling in which addresses are stored."""
    local, at, domain = email.strip().lower().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:  # no domain name: no account has it
            return email
    return f"{local}{at}{domain}"


def normalized(email: str) -> str:
    """Return an address as it is stored.

    Raises:
        InvalidAddress: it only looks like one that could be mailed.
    """
    address = comparable(email)
    if not address.isascii():
        raise InvalidAddress
    return address


def require_grantable(roles: Iterable[str], *, by: User | None, before: Iterable[str] = ()) -> None:
    """Refuse roles that `by` may not give, or take: both ask for all that they grant.

    Raises:
        BeyondOwnRights: one of them grants what `by` does not have.
    """
    if by is not None and not permissions_of(set(roles) ^ set(before)) <= by.permissions:
        raise BeyondOwnRights


def _checked_roles(roles: Iterable[str], *, before: Iterable[str], by: User | None) -> list[str]:
    """Return the roles once each, in the order of `Role`, if `by` may make this change."""
    wanted = set(roles)
    if not wanted:
        raise RoleRequired
    require_grantable(wanted, by=by, before=before)
    return [role.value for role in Role if role in wanted]


def _require_tenant() -> None:
    if current_scope().tenant_id is None:
        raise TenantRequired


def _lock(account_id: UUID) -> User:
    return User.objects.select_for_update().get(id=account_id)


def _lock_admins() -> None:
    """Let one change of the school's admins happen at a time: each must see what the other left."""
    Tenant.objects.select_for_update(no_key=True).get(id=current_tenant_id())


def _refuse_last_admin(row: User) -> None:
    """Refuse to take the admin's role or status from the last one who can use it."""
    others = User.objects.filter(roles__contains=[Role.ADMIN], status=AccountStatus.ACTIVE).exclude(id=row.id)
    if row.status == AccountStatus.ACTIVE and not others.exists():
        raise LastAdmin


def _refuse_own(account: User, by: User) -> None:
    if account.id == by.id:
        raise OwnAccount


def _refuse_stronger(row: User, by: User) -> None:
    if not row.permissions <= by.permissions:
        raise BeyondOwnRights


def _set_status(row: User, status: AccountStatus) -> None:
    row.status = status
    row.version += 1
    row.save(update_fields=["status", "version", "updated_at"])


def _store(user: User, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=force_insert)
    except IntegrityError as error:
        raise EmailTaken from error
