"""The object store on Azure Blob Storage: block blobs, whose blocks are the parts, and shared access signatures.

Azure signs a permission on a blob, not a request. `create` allows one upload where nothing is; a block needs `write`,
which could also replace the blob. So parts come to a blob of their own below `staging/`, and completing copies it.
"""

import logging
import re
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from azure.storage.blob import (
    BlobBlock,
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContentSettings,
    CorsRule,
    LinearRetry,
    generate_blob_sas,
)
from django.utils import timezone
from storages.backends.azure_storage import AzureStorage

from apps.core.ids import new_id
from apps.core.storage.azure_answers import BeyondTheEnd, answers, chunks_of
from apps.core.storage.base import (
    Delivered,
    ObjectMissing,
    OpenMultipart,
    SignedRequest,
    StorageUnavailable,
    StoredObject,
    StoredPart,
)
from apps.core.storage.chunks import pieces_of
from apps.core.storage.delivery import disposition_of, media_type_of
from apps.core.storage.keys import checked_key

logger = logging.getLogger(__name__)

WRITTEN_AT_ONCE: Final = 8 * 1024 * 1024
READ_AT_ONCE: Final = 4 * 1024 * 1024
STAGING: Final = "staging/"
COPY_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.5
_NO_BLOCKS: Final = ""
_MARKER: Final = 0  # the block that begins an upload; it never becomes part of the blob
_ID_LENGTH: Final = 32
_BLOCK = re.compile(r"[0-9a-f]{32}[0-9]{5}", re.ASCII)
_OPTIONS: Final[dict[str, Any]] = {
    "connection_timeout": 3,
    "read_timeout": 20,
    "max_single_get_size": READ_AT_ONCE,
    "max_chunk_get_size": READ_AT_ONCE,
}


class AzureStore:
    """A container. Clients of the SDK may be shared between threads."""

    name = "azure"
    smallest_part = 1
    most_parts = 50_000

    def __init__(self, storage: AzureStorage) -> None:
        self._account: str = storage.account_name
        self._key: str = storage.account_key
        self._service = BlobServiceClient(
            storage.service_client.url,
            credential={"account_name": self._account, "account_key": self._key},
            retry_policy=LinearRetry(backoff=1, retry_total=1, random_jitter_range=0),
            **_OPTIONS,
        )
        self._container = self._service.get_container_client(storage.azure_container)

    def sign_get(self, key: str, delivered: Delivered, *, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        return self._signed("GET", checked_key(key), BlobSasPermissions(read=True), seconds, delivered=delivered)

    def sign_put(self, key: str, *, size: int, media_type: str, seconds: int) -> SignedRequest:
        """See `ObjectStore`. Azure signs no length: `stat` finds what has come."""
        del size
        headers = {"Content-Type": media_type, "If-None-Match": "*", "x-ms-blob-type": "BlockBlob"}
        return self._signed("PUT", checked_key(key), BlobSasPermissions(create=True), seconds, headers=headers)

    def start_multipart(self, key: str, *, media_type: str) -> str:
        """See `ObjectStore`."""
        del media_type  # a signed download says it
        multipart_id = new_id().hex
        with answers():
            self._staged(key).stage_block(_block(multipart_id, _MARKER), b"-")
        return multipart_id

    def sign_part(self, key: str, multipart_id: str, number: int, *, size: int, seconds: int) -> SignedRequest:
        """See `ObjectStore`. Azure signs no length: `parts` tells what has come."""
        del size
        block = _block(multipart_id, number).encode()
        query = f"comp=block&blockid={quote(b64encode(block), safe='')}&"
        return self._signed("PUT", STAGING + checked_key(key), BlobSasPermissions(write=True), seconds, query=query)

    def parts(self, key: str, multipart_id: str) -> Sequence[StoredPart]:
        """See `ObjectStore`."""
        found = {block: size for block, size in self._blocks(key) if block[0] == multipart_id}
        if not found:
            raise ObjectMissing(multipart_id)
        return [
            StoredPart(number, size, f"{number}-{size}")
            for (_, number), size in sorted(found.items())
            if number != _MARKER
        ]

    def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        """See `ObjectStore`. The copy is made inside of Azure; a second try takes up where the first one ended."""
        there = set(self.parts(key, multipart_id))
        if not there.issuperset(parts):
            raise ObjectMissing(multipart_id)
        staged = self._staged(key)
        with answers():
            staged.commit_block_list([BlobBlock(_block(multipart_id, part.number)) for part in parts])
            self._copy(staged, self._blob(key))
            staged.delete_blob()

    def seal(self, key: str, into: str) -> str:
        """See `ObjectStore`. Completing has copied it already."""
        del into
        if self.stat(key) is None:
            raise ObjectMissing(key)
        return key

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """See `ObjectStore`."""
        ids = {block[0] for block, _ in self._blocks(key)} or {_NO_BLOCKS}
        if multipart_id not in ids:
            return
        with suppress(ObjectMissing), answers():
            staged = self._staged(key)
            staged.upload_blob(b"", overwrite=True)  # blocks that were never committed can't be deleted, but replaced
            staged.delete_blob()

    def open_multiparts(self, prefix: str) -> Iterator[OpenMultipart]:
        """See `ObjectStore`. Whoever may send a block can also put a whole blob there: that is an upload without id."""
        with answers():
            for blob in self._container.list_blobs(name_starts_with=STAGING + prefix, include=["uncommittedblobs"]):
                key = blob.name.removeprefix(STAGING)
                for multipart_id in sorted({block[0] for block, _ in self._blocks(key)}) or [_NO_BLOCKS]:
                    started = _started(multipart_id) if multipart_id else blob.last_modified
                    yield OpenMultipart(key, multipart_id, started)

    def write(self, key: str, chunks: Iterable[bytes], *, media_type: str) -> int:
        """See `ObjectStore`. In blocks of 8 MiB, which are no object before the last one is there."""
        blob, upload, sizes = self._blob(key), new_id().hex, []
        for number, piece in enumerate(pieces_of(chunks, WRITTEN_AT_ONCE), start=1):
            with answers():
                blob.stage_block(_block(upload, number), piece)
            sizes.append(len(piece))
        blocks = [BlobBlock(_block(upload, number)) for number in range(1, len(sizes) + 1)]
        with answers():
            blob.commit_block_list(blocks, content_settings=ContentSettings(content_type=media_type))
        return sum(sizes)

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See `ObjectStore`."""
        if end is not None and start >= end:
            return iter(())
        try:
            with answers():
                if start or end is not None:
                    stream = self._blob(key).download_blob(start, None if end is None else end - start)
                else:
                    stream = self._blob(key).download_blob()
        except BeyondTheEnd:
            return iter(())
        return chunks_of(stream)

    def stat(self, key: str) -> StoredObject | None:
        """See `ObjectStore`."""
        try:
            with answers():
                found = self._blob(key).get_blob_properties()
        except ObjectMissing:
            return None
        return StoredObject(key, found.size, found.last_modified)

    def delete(self, keys: Sequence[str]) -> None:
        """See `ObjectStore`."""
        for key in keys:
            with suppress(ObjectMissing), answers():
                self._blob(key).delete_blob(delete_snapshots="include")

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """See `ObjectStore`."""
        with answers():
            for found in self._container.list_blobs(name_starts_with=prefix):
                yield StoredObject(found.name, found.size, found.last_modified)

    def check(self) -> None:
        """See `ObjectStore`."""
        try:
            with answers():
                self._container.get_container_properties()
        except ObjectMissing as error:
            raise StorageUnavailable from error

    def allow_browsers(self, origins: Sequence[str]) -> None:
        """See `ObjectStore`. The rules are those of the whole account."""
        rule = CorsRule(
            list(origins),
            ["GET", "HEAD", "PUT"],
            allowed_headers=["*"],
            exposed_headers=["*"],
            max_age_in_seconds=3600,
        )
        with answers():
            self._service.set_service_properties(cors=[rule])

    def _blob(self, key: str) -> BlobClient:
        return self._container.get_blob_client(checked_key(key))

    def _staged(self, key: str) -> BlobClient:
        return self._container.get_blob_client(STAGING + checked_key(key))

    def _blocks(self, key: str) -> list[tuple[tuple[str, int], int]]:
        """Return the blocks below `staging/`, each as (upload, number) and size; those not yet committed last."""
        try:
            with answers():
                committed, uncommitted = self._staged(key).get_block_list("all")
        except ObjectMissing:
            return []
        return [
            ((block.id[:_ID_LENGTH], int(block.id[_ID_LENGTH:])), block.size)
            for block in (*committed, *uncommitted)
            if _BLOCK.fullmatch(block.id)
        ]

    def _copy(self, source: BlobClient, target: BlobClient) -> None:
        """Copy inside of the account: at once, or nearly."""
        status: object = target.start_copy_from_url(source.url)["copy_status"]
        deadline = time.monotonic() + COPY_SECONDS
        while status == "pending" and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            status = target.get_blob_properties().copy.status
        if status != "success":
            logger.error("storage_copy_failed", extra={"status": status})
            raise StorageUnavailable

    def _signed(
        self,
        method: str,
        name: str,
        permission: BlobSasPermissions,
        seconds: int,
        *,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        delivered: Delivered | None = None,
    ) -> SignedRequest:
        expires_at = timezone.now() + timedelta(seconds=seconds)
        blob = self._container.get_blob_client(name)
        signature = generate_blob_sas(
            self._account,
            blob.container_name,
            name,
            account_key=self._key,
            permission=permission,
            expiry=expires_at,
            content_disposition=disposition_of(delivered) if delivered else None,
            content_type=media_type_of(delivered.media_type) if delivered else None,
        )
        return SignedRequest(method, f"{blob.url}?{query}{signature}", expires_at, headers or {})


def _block(multipart_id: str, number: int) -> str:
    """Return a block's id; all of a blob are equally long."""
    return f"{multipart_id}{number:05}"


def _started(multipart_id: str) -> datetime:
    """Return the time in a UUIDv7: its first 48 bits are milliseconds."""
    return datetime.fromtimestamp(int(multipart_id[:12], 16) / 1000, tz=UTC)
