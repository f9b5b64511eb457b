"""A load generator for machines without `wrk`: one process, keep-alive connections, one request each at a time.

`python -m bench.client HOST PORT SECONDS CONNECTIONS REPEAT FILE` prints one line of JSON. It spends some
20 µs per request, half of it in the kernel, so that it takes little from the server on the same machine.
"""

import json
import selectors
import socket
import sys
import time
from array import array
from pathlib import Path

from bench.frames import read_frames

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
SECONDS_TO_ANSWER = 10.0
RECEIVE = 262_144


class Connection:
    """One keep-alive connection with the request that is under way on it."""

    __slots__ = ("buffer", "sent_at", "socket", "wanted")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=SECONDS_TO_ANSWER)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.wanted = 0
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer = b""
        self.wanted = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has arrived; return whether the answer is complete.

        Raises:
            ConnectionError: the server hung up.
            ValueError: the answer has no length.
        """
        received = self.socket.recv(RECEIVE)
        if not received:
            message = "the server closed a keep-alive connection"
            raise ConnectionError(message)
        self.buffer = self.buffer + received if self.buffer else received
        if not self.wanted:
            end = self.buffer.find(END_OF_HEAD)
            if end < 0:
                return False
            head = self.buffer[:end].lower()
            start = head.index(LENGTH) + len(LENGTH)
            self.wanted = end + len(END_OF_HEAD) + int(head[start : start + 12].split(b"\r", 1)[0])
        return len(self.buffer) >= self.wanted

    @property
    def succeeded(self) -> bool:
        return self.buffer[9:10] == b"2"


class Load:
    """What one run sends and notes."""

    def __init__(self, requests: list[bytes], *, repeat: bool) -> None:
        self.requests = requests
        self.repeat = repeat
        self.sent = 0
        self.latencies = array("d")
        self.failures = 0
        self.bytes = 0
        self.first_failure = ""

    def next(self) -> bytes | None:
        """Return the next request; None when there is none left and none may come twice."""
        if self.sent >= len(self.requests) and not self.repeat:
            return None
        self.sent += 1
        return self.requests[(self.sent - 1) % len(self.requests)]

    def note(self, connection: Connection, now: float) -> None:
        self.latencies.append(now - connection.sent_at)
        self.bytes += len(connection.buffer)
        if not connection.succeeded:
            self.failures += 1
            self.first_failure = self.first_failure or connection.buffer[:600].decode(errors="replace")


def drive(address: tuple[str, int], load: Load, *, seconds: float, connections: int) -> float:
    """Keep every connection busy for `seconds`, or until the requests are used up; return the time it took."""
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    deadline = started + seconds
    for _ in range(connections):
        if request := load.next():
            connection = Connection(address)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
    while selector.get_map():
        ready = selector.select(SECONDS_TO_ANSWER)
        if not ready:
            message = f"no answer within {SECONDS_TO_ANSWER:.0f} s"
            raise TimeoutError(message)
        for key, _ in ready:
            connection = key.data
            if not connection.receive():
                continue
            now = time.perf_counter()
            load.note(connection, now)
            request = load.next() if now < deadline else None
            if request is None:
                selector.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.send(request)
    return time.perf_counter() - started


def main(arguments: list[str]) -> int:
    """Run one load and print what was measured."""
    host, port, seconds, connections, repeat, file = arguments
    load = Load(read_frames(Path(file)), repeat=repeat == "1")
    cpu = time.process_time()
    took = drive((host, int(port)), load, seconds=float(seconds), connections=int(connections))
    latencies = sorted(load.latencies)
    if not latencies:
        print("The requests, each to be sent once, are used up: take fewer or shorter rounds.", file=sys.stderr)
        return 1
    result = {
        "requests": len(latencies),
        "seconds": took,
        "p50": latencies[len(latencies) // 2],
        "p95": latencies[len(latencies) * 95 // 100],
        "p99": latencies[len(latencies) * 99 // 100],
        "failures": load.failures,
        "first_failure": load.first_failure,
        "client_cpu": (time.process_time() - cpu) / took,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
