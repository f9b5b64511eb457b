"""Which addresses an author may put before learners: https, public, without credentials.

Only the literal address is judged. What a name resolves to is the business of whoever fetches it; browsers do
here, the server never.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from apps.courses.content_types.base import InvalidPayload

MAX_LENGTH: Final = 2000
_FORBIDDEN: Final = re.compile(
    r"[\x00-\x20\x7f\\<>\"^`{|}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_NUMERIC: Final = re.compile(r"\A(?:[0-9]+|0x[0-9a-f]*)\Z")
_LABEL: Final = re.compile(r"\A[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")
_INNER_SUFFIXES: Final = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain", "onion")


def https_url(value: Any) -> str:
    """Check a public https address.

    Raises:
        InvalidPayload: codes `invalid_url`, `url_not_https`, `url_with_credentials`, `url_not_public`.
    """
    parts = _split(value)
    if parts.scheme.lower() != "https":
        raise InvalidPayload(detail="The address must start with https://.", code="url_not_https")
    if parts.username is not None or parts.password is not None:
        raise InvalidPayload(detail="The address must not hold a user name or password.", code="url_with_credentials")
    _require_public(_host_of(parts))
    return str(value)


def https_url_of(hosts: Callable[[], Iterable[str]]) -> Callable[[Any], str]:
    """Make a check for an address on one of `hosts` or below one of them; asked anew each time."""

    def check(value: Any) -> str:
        url = https_url(value)
        host = _host_of(urlsplit(url))
        allowed = sorted(hosts())
        if not any(host == name or host.endswith(f".{name}") for name in allowed):
            message = f"{host} is not one of the providers that may be embedded: {', '.join(allowed)}."
            raise InvalidPayload(message, code="host_not_allowed")
        return url

    return check


def host_of(url: str) -> str:
    """Return the host of an address that was checked."""
    return _host_of(urlsplit(url))


def _split(value: Any) -> SplitResult:
    if not isinstance(value, str) or not value:
        raise InvalidPayload(detail="Enter an address.", code="invalid_url")
    if len(value) > MAX_LENGTH:
        message = f"The address is longer than {MAX_LENGTH} characters."
        raise InvalidPayload(message, code="invalid_url")
    if _FORBIDDEN.search(value):
        message = "The address holds characters that no address may hold; escape them with %."
        raise InvalidPayload(message, code="invalid_url")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise InvalidPayload(detail="This is not a well-formed address.", code="invalid_url") from error
    return parts


def _host_of(parts: SplitResult) -> str:
    """Return the host as a browser reads it: full-width digits are digits, the last dot means nothing."""
    host = unicodedata.normalize("NFKC", parts.hostname or "").lower().removesuffix(".")
    if ":" in host or host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise InvalidPayload(detail="The host of the address is not a valid name.", code="invalid_url") from error


def _require_public(host: str) -> None:
    labels = host.split(".")
    if ":" in host or _NUMERIC.match(labels[-1]):
        _require_public_literal(host)
    elif not all(_LABEL.match(label) for label in labels):
        raise InvalidPayload(detail="The host of the address is not a valid name.", code="invalid_url")
    elif len(labels) == 1 or any(host == inner or host.endswith(f".{inner}") for inner in _INNER_SUFFIXES):
        message = f"{host} is a name of a local network; learners could not reach it."
        raise InvalidPayload(message, code="url_not_public")


def _require_public_literal(host: str) -> None:
    """Refuse addresses of private networks, in whatever notation: 127.1, 0x7f000001 and 2130706433 too."""
    try:
        address: Any = ipaddress.ip_address(host)
    except ValueError as error:
        raise InvalidPayload(detail="The host is an address in an unusual notation.", code="url_not_public") from error
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if not (address.is_global and inner.is_global) or address.is_multicast:
        message = f"{host} is an address of a private network; learners could not reach it."
        raise InvalidPayload(message, code="url_not_public")
