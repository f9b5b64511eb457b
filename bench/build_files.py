"""The files of a tenant of the benchmark: folders that everybody sees, each with a page of documents."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from apps.core.ids import new_id

FILES_PER_FOLDER = 40
FILE_BYTES = 120_000


@dataclass(slots=True)
class Shelf:
    """The folders, files and blobs of one tenant, one folder for each course."""

    tenant_id: UUID
    folders: int
    now: datetime
    folder_ids: list[UUID] = field(default_factory=list)
    blob_ids: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder_ids = [new_id() for _ in range(self.folders)]
        self.blob_ids = [new_id() for _ in range(self.folders * FILES_PER_FOLDER)]

    def folder_rows(self) -> Iterator[dict[str, Any]]:
        for number, folder in enumerate(self.folder_ids):
            yield {"id": folder, "tenant_id": self.tenant_id, "name": f"Shelf {number:04}", "visibility": "school"}

    def blob_rows(self) -> Iterator[dict[str, Any]]:
        for blob in self.blob_ids:
            yield {
                "id": blob, "tenant_id": self.tenant_id, "key": f"{self.tenant_id}/uploads/{blob}",
                "sha256": hashlib.sha256(blob.bytes).hexdigest(), "size_bytes": FILE_BYTES,
                "media_type": "application/pdf", "scan_state": "clean",
            }  # fmt: skip

    def file_rows(self) -> Iterator[dict[str, Any]]:
        for number, blob in enumerate(self.blob_ids):
            yield {
                "id": blob, "tenant_id": self.tenant_id, "folder_id": self.folder_ids[number // FILES_PER_FOLDER],
                "name": f"Handout {number:06}.pdf", "blob_id": blob, "size_bytes": FILE_BYTES,
                "media_type": "application/pdf", "created_at": self.now - timedelta(minutes=number),
            }  # fmt: skip

    def version_rows(self) -> Iterator[dict[str, Any]]:
        for number, blob in enumerate(self.blob_ids):
            yield {
                "id": new_id(), "tenant_id": self.tenant_id, "file_id": blob, "number": 1, "blob_id": blob,
                "name": f"Handout {number:06}.pdf", "size_bytes": FILE_BYTES, "media_type": "application/pdf",
            }  # fmt: skip

    def usage_rows(self) -> Iterator[dict[str, Any]]:
        yield {"tenant_id": self.tenant_id, "user_id": None, "used_bytes": FILE_BYTES * len(self.blob_ids)}
