"""A Redis that keeps nothing: the machine's own program, or the one of the wheel."""

import shutil
import socket
from typing import Final

from scripts.services import installing
from scripts.services.errors import ServiceError
from scripts.services.processes import LOOPBACK, Processes, free_port

DATABASES: Final = 64


def start(processes: Processes) -> dict[str, str]:
    """Start a server; return where the tests find it.

    Raises:
        ServiceError: there is no program, or it does not start.
    """
    program = shutil.which("redis-server") or installing.install_redis()
    if program is None:
        message = "No redis-server: install it (`apt install redis-server`), or set TEST_REDIS_URL."
        raise ServiceError(message)
    port = free_port()
    options = {
        "port": port, "bind": LOOPBACK, "dir": processes.folder,
        "databases": DATABASES, "save": "", "appendonly": "no",
    }  # fmt: skip
    command = [str(program), *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    processes.start("redis", command, ready=lambda: _pongs(port))
    return {"TEST_REDIS_URL": f"redis://{LOOPBACK}:{port}"}


def _pongs(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False
