"""Counts attempts in fixed windows, in the cache: per address and per network.

Counters know a hash of what they count, never an address. Where processes have a cache each, each counts for
itself; a shared `CACHE_URL` makes the limits hold for the installation. Without any cache log-ins go on: the
cap on concurrent hashes still protects the server.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from apps.core.errors import DomainError

logger = logging.getLogger(__name__)

IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 64


class TooManyAttempts(DomainError):
    """The limit of this window is used up; `retry_after` says how many seconds it lasts."""

    status = 429
    code = "throttled"


@dataclass(frozen=True, slots=True)
class Counter:
    """How often `subject` may do what `name` says within `seconds`."""

    name: str
    subject: str
    limit: int
    seconds: int

    def take(self) -> None:
        """Count one attempt before it is made.

        Raises:
            TooManyAttempts: it would be one too many.
        """
        now = time.time()
        if self._add(self._key(now)) > self.limit:
            wait = self.seconds - int(now) % self.seconds
            message = f"Too many attempts; try again in {wait} seconds."
            raise TooManyAttempts(message, extra={"retry_after": wait})

    def give_back(self) -> None:
        """Take back one attempt that turned out to be rightful."""
        self._change(cache.decr)

    def reset(self) -> None:
        """Forget the attempts of this window."""
        self._change(cache.delete)

    def _key(self, now: float) -> str:
        digest = salted_hmac("users.throttle", self.subject, algorithm="sha256").hexdigest()
        return f"users.throttle:{self.name}:{int(now) // self.seconds}:{digest}"

    def _add(self, key: str) -> int:
        try:
            cache.add(key, 0, self.seconds)
            return int(cache.incr(key))
        except Exception:  # every cache backend has errors of its own
            logger.warning("cache_unavailable", exc_info=True)
            return 0

    def _change(self, change: Callable[[str], object]) -> None:
        try:
            change(self._key(time.time()))
        except Exception:  # the key expired, or the cache is gone: nothing to change
            logger.debug("throttle_counter_gone", exc_info=True)


def network_of(address: str | None) -> str:
    """Return the network that an address is counted with: its /24, or its /64 for IPv6.

    A home or an office has no less than that, so a new address in it is no new attempt.
    """
    if not address:
        return "unknown"
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX  # noqa: PLR2004  the version's name
    return str(ip_network(f"{ip}/{prefix}", strict=False))
