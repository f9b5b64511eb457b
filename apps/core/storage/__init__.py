"""The object store: `object_store()` returns the one that the installation is set up with."""

from apps.core.storage.base import (
    CHUNK_BYTES,
    Delivered,
    ObjectMissing,
    ObjectStore,
    OpenMultipart,
    SignedRequest,
    StorageUnavailable,
    StoredObject,
    StoredPart,
)

__all__ = [
    "CHUNK_BYTES",
    "Delivered",
    "ObjectMissing",
    "ObjectStore",
    "OpenMultipart",
    "SignedRequest",
    "StorageUnavailable",
    "StoredObject",
    "StoredPart",
]
