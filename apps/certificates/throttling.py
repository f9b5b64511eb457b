"""How often the world may ask about certificates."""

from typing import Any, Final

from django.http import HttpRequest
from rest_framework.request import Request

from apps.users.requests import client_address
from apps.users.services.throttle import Counter, network_of

PER_MINUTE: Final = 60


def count_verification(request: HttpRequest | Request | Any) -> None:
    """Count one question from the network of the request, so that nobody walks through the numbers.

    Raises:
        TooManyAttempts: more than `PER_MINUTE` within a minute.
    """
    network = network_of(client_address(request))
    Counter(name="certificates.verify", subject=network, limit=PER_MINUTE, seconds=60).take()
