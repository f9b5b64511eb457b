"""A clamd in the test's own process: it speaks the protocol, and misbehaves on request."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# In two parts, or this file would be the test file itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """What the server does and what it saw; the tests change it while it runs."""

    def __init__(self) -> None:
        self.limit = 1024 * 1024
        self.answer: bytes | None = None  # instead of the right one
        self.hangs = False
        self.hangs_up_early = False
        self.commands: list[bytes] = []
        self.scanned: list[bytes] = []
        self.released = threading.Event()

    def converse(self, wire: socket.socket) -> None:
        stream = wire.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        self.commands.append(command)
        if self.hangs:
            self.released.wait(5)
            return
        if self.hangs_up_early:
            return
        right = b"PONG" if command == b"zPING\0" else self._scan(stream)
        wire.sendall((right if self.answer is None else self.answer) + b"\0")

    def _scan(self, stream: Any) -> bytes:
        content = b""
        while length := struct.unpack("!I", stream.read(4))[0]:
            if len(content) + length > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
            content += stream.read(length)
        self.scanned.append(content)
        return b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"


@contextmanager
def running(path: Path | None = None) -> Iterator[tuple[FakeClamd, str]]:
    """Run one on a free port, or at a Unix socket; yield it with its address for `CLAMD_URL`."""
    clamd = FakeClamd()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            clamd.converse(self.request)

    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    server: Any = kind(str(path) if path else ("127.0.0.1", 0), Handler)  # type: ignore[arg-type]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield clamd, f"unix:{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}"
    finally:
        clamd.released.set()
        server.shutdown()
        server.server_close()
