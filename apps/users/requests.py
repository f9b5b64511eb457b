"""What a request tells of the device behind it."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.users.services.sessions import Device

USER_AGENT_LENGTH = 200


def device_of(request: HttpRequest | Any) -> Device:
    """Return the browser and the address of the client."""
    user_agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")[:USER_AGENT_LENGTH]
    return Device(user_agent=user_agent, ip_address=client_address(request))


def client_address(request: HttpRequest | Any) -> str | None:
    """Return the client's IP address; None when there is none that can be trusted.

    Whatever a client writes into `X-Forwarded-For` stands left of what our own proxies append, so with
    `TRUSTED_PROXY_COUNT` proxies the address is that many entries from the right, and without any the peer's.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = forwarded[-settings.TRUSTED_PROXY_COUNT] if len(forwarded) >= settings.TRUSTED_PROXY_COUNT else ""
    try:
        return str(ip_address(address.strip()))
    except ValueError:
        return None
