"""A request as data: bytes for the load, arguments for Django's own handler, one exchange for a check."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.client import END_OF_HEAD, Connection
from bench.environment import HOST


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `headers` come on top of Host and, with a body, Content-Type."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def raw(self) -> bytes:
        """Return it as HTTP/1.1."""
        headers = {"Host": "localhost", **self.headers}
        if self.body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def exchange(port: int, request: Request) -> Answer:
    """Send one request and return its answer."""
    connection = Connection((HOST, port))
    try:
        connection.send(request.raw())
        while not connection.receive():
            pass
        head, _, body = connection.buffer.partition(END_OF_HEAD)
        return Answer(int(head.split(None, 2)[1]), body)
    finally:
        connection.socket.close()
