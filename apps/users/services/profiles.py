"""What people change about themselves."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import InvalidInput
from apps.core.events import emit
from apps.users.choices import RevocationReason
from apps.users.events import PasswordChanged
from apps.users.models import User
from apps.users.scopes import account_scope
from apps.users.services.avatars import put_avatar
from apps.users.services.passwords import hash_new_password, prove_password
from apps.users.services.sessions import revoke_sessions
from apps.users.services.throttle import Counter

PROFILE: Final = frozenset({"first_name", "last_name", "bio", "language", "time_zone", "preferences", "avatar"})
PASSWORD_ATTEMPTS: Final = 10
PASSWORD_WINDOW: Final = 900


class WrongPassword(InvalidInput):
    """The old password is another one."""

    code = "wrong_password"
    default_detail = "This is not your present password."
    default_field = "old_password"


def get_own_account(*, user: User, lock: bool = False) -> User:
    """Return the whole account behind a request, also that of platform staff inside of a tenant.

    With `lock` nobody else changes it before the end of the transaction.
    """
    with account_scope(user.tenant_id):
        accounts = User.objects.select_for_update() if lock else User.objects.all()
        return accounts.get(id=user.id)


def change_profile(*, user: User, changes: Mapping[str, Any]) -> User:
    """Change what people say about themselves: fields of `PROFILE`, nothing else.

    `avatar` is an uploaded file, or None to take the picture away.

    Raises:
        InvalidAvatar: the upload is no picture that can be used.
    """
    values = {name: value for name, value in changes.items() if name in PROFILE}
    with account_scope(user.tenant_id), transaction.atomic():
        account = get_own_account(user=user, lock=True)
        if "avatar" in values:
            put_avatar(account, values.pop("avatar"))
        for name, value in values.items():
            setattr(account, name, value)
        account.version += 1
        account.save()
    return account


def change_password(*, user: User, old_password: str, new_password: str, session_id: UUID | None) -> None:
    """Replace one's own password. All other sessions end at once; `session_id` goes on.

    Raises:
        TooManyAttempts: the old password was wrong too often.
        WrongPassword: it is wrong.
        WeakPassword: the new one is too easy to guess.
    """
    counter = Counter("change_password", str(user.id), PASSWORD_ATTEMPTS, PASSWORD_WINDOW)
    counter.take()
    account = get_own_account(user=user)
    is_right, _ = prove_password(old_password, account.password)
    if not is_right:
        raise WrongPassword
    counter.reset()
    encoded = hash_new_password(new_password, user=account, field="new_password")
    store_password(account=account, encoded=encoded, proven=account.password, keep=session_id, by=user)


def set_password(*, account: User, password: str, by: User | None) -> None:
    """Give an account a password, as its school's staff or on the command line; all its sessions end.

    Raises:
        WeakPassword: it is too easy to guess.
    """
    store_password(account=account, encoded=hash_new_password(password, user=account), proven=None, keep=None, by=by)


def store_password(*, account: User, encoded: str, proven: str | None, keep: UUID | None, by: User | None) -> None:
    """Store a hash and end the sessions but `keep`; `proven` is the hash that must still be there.

    Raises:
        WrongPassword: somebody changed the password since it was proven.
    """
    with account_scope(account.tenant_id), transaction.atomic():
        row = User.objects.select_for_update().get(id=account.id)
        if proven is not None and row.password != proven:
            raise WrongPassword
        row.password = encoded
        row.save(update_fields=["password", "updated_at"])
        revoke_sessions(user=row, reason=RevocationReason.PASSWORD_CHANGED, keep=keep)
        emit(PasswordChanged(user_id=row.id, actor_id=by.id if by else None))
