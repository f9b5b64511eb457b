"""Addresses that are their own permission: for pictures, which browsers ask for without logging in.

A capability names a school, a thing and a size, and lasts to the end of the next day (UTC), so that its text
stays the same all day and browsers keep what they got. Making one takes no SQL and a few microseconds.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import time
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.core.storage.tokens import SignatureExpired, SignatureInvalid

DAY: Final = 86_400
_NO_TENANT: Final = UUID(int=0)
_PAYLOAD: Final = struct.Struct(">16s16sBH")  # tenant, thing, size, the day (since 1970) that begins when it ends
_MAC_BYTES: Final = 16
_LENGTH: Final = (_PAYLOAD.size + _MAC_BYTES) // 3 * 4  # without a rest: each text stands for bytes of its own


@dataclass(frozen=True, slots=True)
class Capability:
    """What a token lets its holder see; `tenant_id` None: something of the platform's own."""

    tenant_id: UUID | None
    subject_id: UUID
    kind: int
    expires: int


def sign_capability(purpose: str, *, tenant_id: UUID | None, subject_id: UUID, kind: int) -> str:
    """Return a token for `subject_id` in the size `kind` (0 to 255), good until the end of the next day.

    Args:
        purpose: what sort of thing it is; a token for one purpose is worth nothing for another.
        tenant_id: the school; None for what belongs to the platform itself.
        subject_id: the thing.
        kind: one of the sizes, as the purpose numbers them.
    """
    day = int(time()) // DAY + 2
    payload = _PAYLOAD.pack((tenant_id or _NO_TENANT).bytes, subject_id.bytes, kind, day)
    return base64.urlsafe_b64encode(payload + _mac(purpose, payload, settings.SECRET_KEY)).decode()


def read_capability(purpose: str, token: str, *, now: datetime) -> Capability:
    """Return what the token stands for.

    Raises:
        SignatureInvalid: not a token of ours for this purpose, to the last letter.
        SignatureExpired: its time is over.
    """
    try:
        signed = base64.b64decode(token, altchars=b"-_", validate=True) if len(token) == _LENGTH else b""
    except (ValueError, binascii.Error) as error:
        raise SignatureInvalid from error
    payload, mac = signed[: _PAYLOAD.size], signed[_PAYLOAD.size :]
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(mac, _mac(purpose, payload, secret)) for secret in secrets):
        raise SignatureInvalid
    tenant, subject, kind, day = _PAYLOAD.unpack(payload)
    if now.timestamp() >= day * DAY:
        raise SignatureExpired
    tenant_id = UUID(bytes=tenant)
    return Capability(None if tenant_id == _NO_TENANT else tenant_id, UUID(bytes=subject), kind, day * DAY)


def _mac(purpose: str, payload: bytes, secret: str) -> bytes:
    return hmac.digest(_key(purpose, secret), payload, "sha256")[:_MAC_BYTES]


@lru_cache(maxsize=32)
def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"apps.core.capabilities:{purpose}:{secret}".encode()).digest()


def public_url(path: str) -> str:
    """Return the address of a path for whoever holds it, on the host that serves every school."""
    base = str(settings.PUBLIC_BASE_URL)
    return f"{base.rstrip('/')}{path}"
