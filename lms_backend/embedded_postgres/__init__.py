"""A real PostgreSQL for machines that have none: binaries from a wheel, data in the checkout's `.data/postgres/`.

`start()` returns at once when the server runs, and otherwise starts it; it keeps running between commands.
Only the account that started it can reach it: over a Unix socket in a private folder (on Windows over the
loopback interface), and with a generated password. Crash safety stays on.
"""

from lms_backend.embedded_postgres.errors import EmbeddedPostgresError
from lms_backend.embedded_postgres.places import DEFAULT_FOLDER
from lms_backend.embedded_postgres.server import running, start, stop
from lms_backend.embedded_postgres.state import ADMIN_ROLE, DATABASE, OWNER_ROLE, RUNTIME_ROLE, Server

__all__ = [
    "ADMIN_ROLE",
    "DATABASE",
    "DEFAULT_FOLDER",
    "OWNER_ROLE",
    "RUNTIME_ROLE",
    "EmbeddedPostgresError",
    "Server",
    "running",
    "start",
    "stop",
]
