"""What a running server leaves for the next command: where it listens and the password."""

import json
import os
import socket
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "lms"
ADMIN_ROLE = "postgres"
OWNER_ROLE = "lms_owner"
RUNTIME_ROLE = "lms_app"
SECONDS_TO_ANSWER = 5.0
# The first message of the protocol, to which a server says whether it speaks TLS:
# https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `host` is the folder of its Unix socket, or 127.0.0.1 on Windows."""

    host: str
    port: int
    password: str

    def url(self, role: str = RUNTIME_ROLE, database: str = DATABASE) -> str:
        """Return the connection URL of `role`, in the form of `DATABASE_URL`."""
        return f"postgres://{role}:{self.password}@{quote(self.host, safe='')}:{self.port}/{database}"

    def is_alive(self) -> bool:
        """Tell whether a PostgreSQL answers there; a millisecond when it runs, no SQL.

        Accepting is not enough: the kernel accepts for a server that was killed a moment ago.
        """
        try:
            with _connection(self) as connection:
                connection.sendall(SSL_REQUEST)
                return connection.recv(1) in {b"S", b"N"}
        except OSError:
            return False


def _connection(server: Server) -> socket.socket:
    if Path(server.host).is_absolute():
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS_TO_ANSWER)
        try:
            connection.connect(f"{server.host}/.s.PGSQL.{server.port}")
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((server.host, server.port), timeout=SECONDS_TO_ANSWER)


def read(path: Path) -> Server | None:
    """Return the server noted at `path`, or None when there is no usable note."""
    try:
        return Server(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write(path: Path, server: Server) -> None:
    """Note `server` at `path`, whole or not at all, readable by its owner only."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(server), file)
    draft.replace(path)
