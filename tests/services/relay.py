"""A wire that can be cut: forwards connections to a server, until it is told to refuse or to fall silent."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Self
from urllib.parse import urlsplit

READ_BYTES = 64 * 1024


class Relay:
    """Listens on a port of its own, which stays the same whatever happens behind it."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self.target = (place.hostname, place.port)
        self.listener: socket.socket | None = None
        self.connections: list[socket.socket] = []
        self.is_silent = False
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.restore()

    def restore(self) -> None:
        """Let connections through."""
        self.cut()
        self.is_silent = False
        self._listen()

    def fall_silent(self) -> None:
        """Accept connections and never answer, as a machine that hangs."""
        self.cut()
        self.is_silent = True
        self._listen()

    def cut(self) -> None:
        """Break what is connected, refuse what comes, as a machine whose server died."""
        for closing in (self.listener, *self.connections):
            if closing is not None:
                with contextlib.suppress(OSError):
                    closing.shutdown(socket.SHUT_RDWR)
                closing.close()
        self.listener, self.connections = None, []

    def _listen(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections.append(client)
            if self.is_silent:
                continue
            server = socket.create_connection(self.target)
            self.connections.append(server)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(READ_BYTES):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.cut()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Accept connections on a port and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])
