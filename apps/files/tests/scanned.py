"""What the tests of scanning share: files in the store, and what became of them."""

from typing import Any

from apps.core.models import Delivery
from apps.files.choices import ScanState
from apps.files.factories import FileFactory
from apps.files.models import Blob, File


def stored(content: bytes = b"harmless", state: ScanState = ScanState.PENDING, **more: Any) -> File:
    return FileFactory.create(content=content, stored=True, scan_state=state, **more)


def state_of(file: File) -> str:
    return Blob.objects.get(id=file.blob_id).scan_state


def events(name: str) -> list[dict[str, Any]]:
    return list(Delivery.objects.filter(event=name).order_by("id").values_list("payload", flat=True))
