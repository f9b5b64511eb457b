"""The object store on Amazon S3 or whatever speaks its API: MinIO, OpenStack Swift, Ceph, and others."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta
from itertools import chain
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils import timezone
from storages.backends.s3 import S3Storage

from apps.core.storage.base import (
    CHUNK_BYTES,
    BrowserRulesUnsupported,
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
COPIED_AT_ONCE: Final = 64 * 1024 * 1024
MOST_DELETED_AT_ONCE: Final = 1000
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchUpload", "InvalidPart", "InvalidPartOrder"})
_BEYOND_THE_END = "InvalidRange"
_UNSUPPORTED = frozenset({"NotImplemented", "501", "MethodNotAllowed"})


class S3Store:
    """A bucket. Clients of botocore may be shared between threads."""

    name = "s3"
    smallest_part = 5 * 1024 * 1024
    most_parts = 10_000

    def __init__(self, storage: S3Storage) -> None:
        self._bucket: str = storage.bucket_name
        self._client: Any = storage.bucket.meta.client
        public = settings.AWS_S3_PUBLIC_ENDPOINT_URL
        # A signature holds for one host only: that which the client reaches.
        self._signer: Any = _reached_at(public).bucket.meta.client if public else self._client

    def sign_get(self, key: str, delivered: Delivered, *, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        presented = {
            "ResponseContentDisposition": disposition_of(delivered),
            "ResponseContentType": media_type_of(delivered.media_type),
        }
        return self._signed("get_object", "GET", self._at(key) | presented, seconds)

    def sign_put(self, key: str, *, size: int, media_type: str, seconds: int) -> SignedRequest:
        """See `ObjectStore`. Length, type and `If-None-Match` are signed headers: none can be left out or changed."""
        signed = {"ContentLength": size, "ContentType": media_type, "IfNoneMatch": "*"}
        headers = {"Content-Type": media_type, "If-None-Match": "*"}
        return self._signed("put_object", "PUT", self._at(key) | signed, seconds, headers)

    def start_multipart(self, key: str, *, media_type: str) -> str:
        """See `ObjectStore`."""
        with _answers():
            started = self._client.create_multipart_upload(**self._at(key), ContentType=media_type)
        return str(started["UploadId"])

    def sign_part(self, key: str, multipart_id: str, number: int, *, size: int, seconds: int) -> SignedRequest:
        """See `ObjectStore`."""
        part = {"UploadId": multipart_id, "PartNumber": number, "ContentLength": size}
        return self._signed("upload_part", "PUT", self._at(key) | part, seconds)

    def parts(self, key: str, multipart_id: str) -> Sequence[StoredPart]:
        """See `ObjectStore`."""
        pages = self._pages("list_parts", "Parts", **self._at(key), UploadId=multipart_id)
        return [StoredPart(part["PartNumber"], part["Size"], part["ETag"]) for part in pages]

    def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        """See `ObjectStore`."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        with _answers():
            self._client.complete_multipart_upload(
                **self._at(key), UploadId=multipart_id, MultipartUpload={"Parts": listed}
            )

    def seal(self, key: str, into: str) -> str:
        """See `ObjectStore`. Swift takes parts of a completed upload, so the object is copied, inside of the store."""
        with _answers():
            found = self._client.head_object(**self._at(key))
        size, source = found["ContentLength"], self._at(key)
        step = max(COPIED_AT_ONCE, -(-size // self.most_parts))
        with self._joined(into, found["ContentType"]) as (upload, copied):
            for number, start in enumerate(range(0, size, step), start=1):
                end = min(start + step, size)
                part = {"UploadId": upload, "PartNumber": number, "CopySourceRange": f"bytes={start}-{end - 1}"}
                with _answers():
                    answer = self._client.upload_part_copy(**self._at(into), CopySource=source, **part)
                copied.append(StoredPart(number, end - start, answer["CopyPartResult"]["ETag"]))
        return into

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """See `ObjectStore`."""
        with suppress(ObjectMissing), _answers():
            self._client.abort_multipart_upload(**self._at(key), UploadId=multipart_id)

    def open_multiparts(self, prefix: str) -> Iterator[OpenMultipart]:
        """See `ObjectStore`."""
        for upload in self._pages("list_multipart_uploads", "Uploads", Bucket=self._bucket, Prefix=prefix):
            yield OpenMultipart(upload["Key"], upload["UploadId"], upload["Initiated"].astimezone(UTC))

    def write(self, key: str, chunks: Iterable[bytes], *, media_type: str) -> int:
        """See `ObjectStore`. Small ones at once, others in parts of 8 MiB."""
        pieces = pieces_of(chunks, WRITTEN_AT_ONCE)
        first, second = next(pieces, b""), next(pieces, None)
        if second is not None:
            return self._write_parts(key, chain((first, second), pieces), media_type)
        with _answers():
            self._client.put_object(**self._at(key), Body=first, ContentType=media_type)
        return len(first)

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See `ObjectStore`."""
        wanted = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else {}
        if end is not None and start >= end:
            return iter(())
        try:
            with _answers():
                body = self._client.get_object(**self._at(key), **wanted)["Body"]
        except _BeyondTheEnd:
            return iter(())
        return _chunks(body)

    def stat(self, key: str) -> StoredObject | None:
        """See `ObjectStore`."""
        try:
            with _answers():
                found = self._client.head_object(**self._at(key))
        except ObjectMissing:
            return None
        return StoredObject(key, found["ContentLength"], found["LastModified"].astimezone(UTC))

    def delete(self, keys: Sequence[str]) -> None:
        """See `ObjectStore`."""
        for start in range(0, len(keys), MOST_DELETED_AT_ONCE):
            listed = [{"Key": checked_key(key)} for key in keys[start : start + MOST_DELETED_AT_ONCE]]
            with _answers():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": listed, "Quiet": True})
            if answer.get("Errors"):
                logger.error("storage_delete_refused", extra={"code": answer["Errors"][0].get("Code")})
                raise StorageUnavailable

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """See `ObjectStore`."""
        for found in self._pages("list_objects_v2", "Contents", Bucket=self._bucket, Prefix=prefix):
            yield StoredObject(found["Key"], found["Size"], found["LastModified"].astimezone(UTC))

    def check(self) -> None:
        """See `ObjectStore`."""
        try:
            with _answers():
                self._client.head_bucket(Bucket=self._bucket)
        except ObjectMissing as error:
            raise StorageUnavailable from error

    def allow_browsers(self, origins: Sequence[str]) -> None:
        """See `ObjectStore`."""
        rules = {"CORSRules": [_rule(origins)]}
        try:
            with _answers():
                self._client.put_bucket_cors(Bucket=self._bucket, CORSConfiguration=rules)
        except _Unsupported as error:
            raise BrowserRulesUnsupported(json.dumps(rules, indent=2)) from error

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": checked_key(key)}

    def _signed(
        self,
        operation: str,
        method: str,
        parameters: dict[str, Any],
        seconds: int,
        headers: dict[str, str] | None = None,
    ) -> SignedRequest:
        with _answers():
            url = self._signer.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds)
        return SignedRequest(method, url, timezone.now() + timedelta(seconds=seconds), headers or {})

    def _pages(self, operation: str, entries: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        with _answers():
            for page in self._client.get_paginator(operation).paginate(**parameters):
                yield from page.get(entries, ())

    def _write_parts(self, key: str, pieces: Iterator[bytes], media_type: str) -> int:
        with self._joined(key, media_type) as (upload, written):
            for number, piece in enumerate(pieces, start=1):
                with _answers():
                    part = self._client.upload_part(**self._at(key), UploadId=upload, PartNumber=number, Body=piece)
                written.append(StoredPart(number, len(piece), part["ETag"]))
        return sum(part.size_bytes for part in written)

    @contextmanager
    def _joined(self, key: str, media_type: str) -> Iterator[tuple[str, list[StoredPart]]]:
        """Begin an upload in parts, and make one object of those that the block lists; a failure leaves nothing."""
        upload, parts = self.start_multipart(key, media_type=media_type), list[StoredPart]()
        try:
            yield upload, parts
            self.complete_multipart(key, upload, parts)
        except BaseException:
            with suppress(StorageUnavailable):
                self.abort_multipart(key, upload)
            raise


class _BeyondTheEnd(Exception):
    """The range lies behind the last byte."""


class _Unsupported(StorageUnavailable):
    """The store knows of the operation and does not have it."""


@contextmanager
def _answers() -> Iterator[None]:
    """Turn what the store answers, or fails to, into our errors."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise ObjectMissing(code) from error
        if code == _BEYOND_THE_END:
            raise _BeyondTheEnd from error
        if code in _UNSUPPORTED:
            raise _Unsupported from error
        logger.exception("storage_unavailable", extra={"code": code})
        raise StorageUnavailable from error
    except (BotoCoreError, OSError) as error:
        logger.exception("storage_unavailable")
        raise StorageUnavailable from error


def _chunks(body: Any) -> Iterator[bytes]:
    try:
        with _answers():
            yield from body.iter_chunks(CHUNK_BYTES)
    finally:
        body.close()


def _rule(origins: Sequence[str]) -> dict[str, Any]:
    return {
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 3600,
    }


def _reached_at(endpoint_url: str) -> S3Storage:
    """Return the configured storage once more, as it is reached from outside."""
    options = settings.STORAGES["default"].get("OPTIONS", {})
    return S3Storage(**{**options, "endpoint_url": endpoint_url})
