"""Work as the owner of the tables: migrations, and emptying the database.

Web and workers hold a role that may only use the rows. The few commands that change the schema swap the
connection's credentials for those of `settings.DATABASE_OWNER` while they run.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def owner_connection(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run the block with `connections[using]` logged in as the owner; afterwards the old role is back.

    Row-level security is forced on the tenant tables, so the owner too sees only the rows of an open scope.
    Where one role owns and uses the tables (`DATABASE_OWNER` is None) nothing changes.

    Raises:
        ImproperlyConfigured: a transaction is open, which cannot change its role.
    """
    connection = connections[using]
    if settings.DATABASE_OWNER is None or _is(settings.DATABASE_OWNER, connection.settings_dict):
        yield
        return
    if connection.in_atomic_block:
        message = "The owner's work needs a connection of its own, and a transaction is open."
        raise ImproperlyConfigured(message)
    runtime = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.DATABASE_OWNER)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update({key: runtime[key] for key in settings.DATABASE_OWNER})


def _is(owner: dict[str, str], current: dict[str, object]) -> bool:
    return all(str(current.get(key) or "") == value for key, value in owner.items())
