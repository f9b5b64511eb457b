"""`Idempotency-Key`: a POST that creates may be sent again without a second effect."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import DomainError, InvalidInput
from apps.core.http.renderers import ORJSONRenderer
from apps.core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
MAX_LENGTH = 200


class IdempotencyKeyReused(DomainError):
    """The same key came with another request."""

    status = 422
    code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used for another request; make a new key for a new request."


class InvalidIdempotencyKey(InvalidInput):
    """The key has no usable form."""

    code = "invalid_idempotency_key"
    default_detail = f"Idempotency-Key must have 1 to {MAX_LENGTH} printable characters."
    default_field = HEADER


def answer_once(request: Request, act: Callable[[], Response]) -> Response:
    """Run `act`, or replay the answer that it gave when this key came first.

    The key is claimed in the transaction of the act: a second request with it waits for the first one's
    end, and when the first one fails the key is free again. An error that says `keeps_changes` frees the key, too, but
    takes nothing back.

    Raises:
        IdempotencyKeyReused: the key came before with another body or address.
    """
    key = request.headers.get(HEADER)
    if key is None or not request.user.is_authenticated:
        return act()
    if not (1 <= len(key) <= MAX_LENGTH and key.isprintable()):
        raise InvalidIdempotencyKey
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        record, is_first = IdempotencyRecord.objects.get_or_create(
            actor_id=request.user.id, key=key, defaults={"fingerprint": fingerprint}
        )
        if not is_first:
            return _replay(record, fingerprint)
        outcome = _outcome_of(act)
        if isinstance(outcome, Response):
            record.status_code = outcome.status_code
            record.body = ORJSONRenderer().render(outcome.data)
            record.save(update_fields=["status_code", "body"])
            return outcome
        record.delete()
    raise outcome


def _outcome_of(act: Callable[[], Response]) -> Response | DomainError:
    """Return the answer of `act`, or its refusal, when that keeps what was written before it."""
    try:
        return act()
    except DomainError as error:
        if error.keeps_changes:
            return error
        raise


def _fingerprint(request: Request) -> str:
    body = orjson.dumps(request.data, default=_described, option=orjson.OPT_SORT_KEYS)
    message = f"{request.method} {request.path}\n".encode() + body
    # Keyed, for a body may hold a password, and a plain hash of it could be guessed offline.
    return hmac.new(settings.SECRET_KEY.encode(), message, "sha256").hexdigest()


def _described(value: Any) -> str:
    """Return a file as its name and the hash of its bytes, read piece by piece; anything else as its text."""
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return f"{value.name} {digest}"


def _replay(record: IdempotencyRecord, fingerprint: str) -> Response:
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    data: Any = orjson.loads(bytes(record.body)) if record.body else None
    return Response(data, status=record.status_code, headers={"Idempotent-Replayed": "true"})
