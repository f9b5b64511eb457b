"""The protocol of direct uploads as a client speaks it, against the store on the local disk."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from rest_framework.test import APIClient

UPLOADS = "/api/files/uploads/"
TEXT = b"The quick brown fox jumps over the lazy dog.\n" * 20


def reserve(client: APIClient, body: bytes = TEXT, **fields: Any) -> Any:
    """Ask for room for `body`."""
    sha256 = hashlib.sha256(body).hexdigest()
    return client.post(
        UPLOADS, {"name": "fox.txt", "size_bytes": len(body), "sha256": sha256, "media_type": "text/plain", **fields}
    )


def send(part: Mapping[str, Any], body: bytes) -> int:
    """Send one part as the API described it; return the status of the store's answer."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in part["headers"].items()}
    media_type = headers.pop("HTTP_CONTENT_TYPE", "application/octet-stream")
    path = urlsplit(part["url"]).path
    return Client().generic(part["method"], path, body, content_type=media_type, **headers).status_code


def send_all(upload: Mapping[str, Any], body: bytes) -> list[int]:
    """Send every part that has not arrived yet."""
    return [
        send(part, body[part["offset"] : part["offset"] + part["size_bytes"]])
        for part in upload["parts"]
        if not part["has_arrived"]
    ]


def complete(client: APIClient, upload: Mapping[str, Any]) -> Any:
    """Say that everything is sent."""
    return client.post(f"{UPLOADS}{upload['id']}/complete/")
