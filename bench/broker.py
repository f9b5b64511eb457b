"""The broker of a run: the platform hands events to it, as in production, and nobody takes them out.

What handlers do after a commit is a worker's work. Without a broker the process that answers would do it, and the
figures of a request would be those of everything that ever listens to its events.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from bench.environment import HOST, BenchError
from bench.servers import free_port

SECONDS_TO_START = 10


@contextmanager
def broker_at_hand() -> Iterator[str]:
    """Yield the URL of a Redis that keeps nothing; "" on machines without `redis-server`."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    port = free_port()
    with TemporaryDirectory() as folder:
        options = ["--port", str(port), "--bind", HOST, "--dir", folder, "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([program, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            _wait(process, port)
            yield f"redis://{HOST}:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(5) == b"+PONG":
                    return
        except OSError:
            time.sleep(0.05)
    message = "redis-server did not start."
    raise BenchError(message)
