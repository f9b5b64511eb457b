"""The object store: `object_store()` returns the one that the installation is set up with."""

from functools import cache
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from apps.core.storage.base import (
    CHUNK_BYTES,
    BrowserRulesUnsupported,
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
    "BrowserRulesUnsupported",
    "Delivered",
    "ObjectMissing",
    "ObjectStore",
    "OpenMultipart",
    "SignedRequest",
    "StorageUnavailable",
    "StoredObject",
    "StoredPart",
    "object_store",
]

# By name: the clients of the stores that are not used are never imported.
BACKENDS: Final = {
    "django.core.files.storage.filesystem.FileSystemStorage": "apps.core.storage.local.LocalStore",
    "storages.backends.s3.S3Storage": "apps.core.storage.s3.S3Store",
    "storages.backends.azure_storage.AzureStorage": "apps.core.storage.azure.AzureStore",
}


@cache
def object_store() -> ObjectStore:
    """Return the store behind `STORAGES["default"]`; one per process, safe to share between threads.

    Raises:
        ImproperlyConfigured: no backend of ours knows that class of storage.
    """
    storage = storages["default"]
    for kind in type(storage).__mro__:
        if backend := BACKENDS.get(f"{kind.__module__}.{kind.__qualname__}"):
            store: ObjectStore = import_string(backend)(storage)
            return store
    message = f"STORAGES['default'] is {type(storage).__qualname__}, which has no object store: use one of {BACKENDS}."
    raise ImproperlyConfigured(message)


def _forget(**_changed: Any) -> None:
    object_store.cache_clear()


setting_changed.connect(_forget, dispatch_uid="apps.core.storage")
