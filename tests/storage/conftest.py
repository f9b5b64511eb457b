"""The stores of `make test-services`: their addresses come from the environment."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from apps.core.storage import ObjectStore, object_store

Configured = Callable[[dict[str, Any]], AbstractContextManager[ObjectStore]]


@contextmanager
def configured(storage: dict[str, Any]) -> Iterator[ObjectStore]:
    """Set the installation up with this storage."""
    before = settings.STORAGES
    use_storages(before | {"default": storage})
    try:
        yield object_store()
    finally:
        use_storages(before)


def use_storages(value: dict[str, Any]) -> None:
    settings.STORAGES = value
    setting_changed.send(type(settings), setting="STORAGES", value=value, enter=True)
