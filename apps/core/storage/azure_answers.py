"""What Azure Blob Storage answers, or fails to, in terms of ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import StorageErrorCode, StorageStreamDownloader

from apps.core.storage.base import ObjectMissing, StorageUnavailable

logger = logging.getLogger(__name__)


class BeyondTheEnd(ObjectMissing):
    """The range lies behind the last byte."""


@contextmanager
def answers() -> Iterator[None]:
    """Turn the SDK's errors into ObjectMissing, BeyondTheEnd or StorageUnavailable."""
    try:
        yield
    except HttpResponseError as error:
        code = getattr(error, "error_code", None)
        if error.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise BeyondTheEnd from error
        if isinstance(error, ResourceNotFoundError) and code != StorageErrorCode.CONTAINER_NOT_FOUND:
            raise ObjectMissing from error
        logger.exception("storage_unavailable", extra={"code": code})
        raise StorageUnavailable from error
    except (AzureError, OSError) as error:
        logger.exception("storage_unavailable")
        raise StorageUnavailable from error


def chunks_of(stream: StorageStreamDownloader[bytes]) -> Iterator[bytes]:
    """Yield what the SDK fetches, as it fetches it."""
    with answers():
        yield from stream.chunks()
