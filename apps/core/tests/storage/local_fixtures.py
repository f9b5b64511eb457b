"""The local store, and requests to it through all of the middleware."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.core.storage import SignedRequest, object_store
from apps.core.storage.local import LocalStore
from apps.core.tests.storage.contract import Answer, Send, key

__all__ = ["key", "send", "store"]


@pytest.fixture
def store() -> LocalStore:
    found = object_store()
    assert isinstance(found, LocalStore)
    return found


@pytest.fixture
def send() -> Send:
    return send_to_django


def send_to_django(signed: SignedRequest, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    address = urlsplit(signed.url)
    sent = {**signed.headers, **(headers or {})}
    response = Client().generic(
        signed.method, address.path, body, content_type=sent.pop("Content-Type", ""), headers=sent
    )
    text = b"".join(response) if response.streaming else response.content
    return Answer(response.status_code, {name.lower(): value for name, value in response.items()}, text)
