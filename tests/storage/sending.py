"""Signed requests, sent over a real connection as a client sends them."""

from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit

from apps.core.storage import SignedRequest
from apps.core.tests.storage.contract import Answer

SECONDS = 8


def send_over_http(signed: SignedRequest, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    address = urlsplit(signed.url)
    connection = HTTPConnection(address.netloc, timeout=SECONDS)
    try:
        sent = {**signed.headers, **(headers or {})}
        connection.request(signed.method, f"{address.path}?{address.query}", body or None, sent)
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()
