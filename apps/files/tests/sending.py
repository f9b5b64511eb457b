"""What the tests of direct uploads share: reservations, with the bytes where the client would put them."""

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.core.storage import object_store
from apps.files.models import Upload
from apps.files.services.quota import usage_of
from apps.files.services.uploads import complete_upload, reserve_upload
from apps.users.models import User

TEXT = b"Bytes on their way to the store.\n" * 3
SHA256 = hashlib.sha256(TEXT).hexdigest()
WANTED: dict[str, Any] = {"name": "way.txt", "size_bytes": len(TEXT), "sha256": SHA256}


def reserved(by: User, *, now: datetime | None = None, sent: bytes | None = TEXT, **fields: Any) -> Upload:
    """Reserve an upload, and put its bytes where the client would."""
    upload = reserve_upload(by=by, now=now or timezone.now(), **{**WANTED, **fields})
    if sent is not None:
        object_store().write(upload.key, [sent], media_type="text/plain")
    return upload


def finished(upload: Upload, by: User) -> Upload:
    return complete_upload(upload=upload, by=by, now=timezone.now())


def state_of(upload: Upload) -> str:
    return Upload.objects.get(id=upload.id).state


def reserved_bytes() -> int:
    return usage_of(None).reserved_bytes
