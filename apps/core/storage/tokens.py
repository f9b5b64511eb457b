"""Signed requests to the local store: a token that says what its holder may do, and an HMAC over all of it."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from django.core.signing import BadSignature, Signer

from apps.core.errors import DomainError

_SALT: Final = "apps.core.storage.local"


class SignatureInvalid(DomainError):
    """Somebody changed the address, or it was never ours."""

    status = 403
    code = "signature_invalid"
    default_detail = "This address was not issued by this server, or was changed. Ask the API for a new one."


class SignatureExpired(DomainError):
    """The address was good once."""

    status = 403
    code = "signature_expired"
    default_detail = "This address has expired. Ask the API for a new one."


@dataclass(frozen=True, slots=True)
class Permit:
    """One request that whoever holds the token may send.

    Args:
        method: `PUT`, or `GET`, which stands for `HEAD` too.
        key: the object.
        expires: seconds since the epoch.
        media_type: what a PUT must announce and a GET is answered with.
        size: the bytes that a PUT must bring, exactly.
        disposition: the Content-Disposition of a GET's answer.
        multipart_id: of a PUT that brings one part.
        number: the part's number, from 1.
    """

    method: str
    key: str
    expires: int
    media_type: str = ""
    size: int = 0
    disposition: str = ""
    multipart_id: str = ""
    number: int = 0


def token_of(permit: Permit) -> str:
    """Return the signed text of a permit."""
    return Signer(salt=_SALT).sign_object(list(asdict(permit).values()), compress=True)


def permit_of(token: str, *, now: datetime) -> Permit:
    """Return what a token permits.

    Raises:
        SignatureInvalid: not a token of ours, to the last letter.
        SignatureExpired: its time is over.
    """
    try:
        values = Signer(salt=_SALT).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise SignatureInvalid from error
    if len(values) != len(fields(Permit)):
        raise SignatureInvalid  # signed by another release
    permit = Permit(*values)
    if now.timestamp() >= permit.expires:
        raise SignatureExpired
    return permit
