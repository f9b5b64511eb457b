"""What can go wrong, each in one line that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


class EmbeddedPostgresError(ImproperlyConfigured):
    """The embedded PostgreSQL cannot run here; the message is for the person at the keyboard."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals below `folder` into one clear line."""
    try:
        yield
    except PermissionError as error:
        message = f"No permission for {error.filename or folder}: it belongs to another user, or is read-only."
        raise EmbeddedPostgresError(message) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            message = f"The disk of {folder} is full."
        elif error.errno == errno.EROFS:
            message = f"{folder} is on a read-only file system. Set DATABASE_URL, or use a writable checkout."
        else:
            message = f"The embedded PostgreSQL cannot use {folder}: {error}."
        raise EmbeddedPostgresError(message) from error
