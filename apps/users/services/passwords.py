"""Passwords: proving one, and preparing a new one for storage."""

import base64
import secrets
from functools import cache

from django.contrib.auth.hashers import is_password_usable, make_password, verify_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.core.errors import InvalidInput
from apps.users.hashers import LmsArgon2PasswordHasher
from apps.users.models import User


class WeakPassword(InvalidInput):
    """The password is too easy to guess."""

    code = "weak_password"
    default_field = "password"


@cache
def dummy_hash() -> str:
    """Return a well-formed hash that no password has: verifying against it costs what a real one costs."""
    hasher = LmsArgon2PasswordHasher
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"argon2$argon2id$v=19${cost}${salt}${digest}"


def prove_password(password: str, encoded: str | None) -> tuple[bool, str | None]:
    """Say whether `password` has this hash, by exactly one verification, also when there is no hash.

    Returns:
        Whether it is right, and a new hash of it when the stored one has outdated parameters.
    """
    if encoded is None or not is_password_usable(encoded):
        encoded = dummy_hash()
    is_right, is_outdated = verify_password(password, encoded)
    return is_right, (make_password(password) if is_right and is_outdated else None)


def hash_new_password(password: str, *, user: User, field: str = "password") -> str:
    """Return the hash of a password that somebody chose for `user`.

    Raises:
        WeakPassword: Django's validators refuse it; `field` names the input.
    """
    try:
        validate_password(password, user=user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field=field) from error
    return make_password(password)
