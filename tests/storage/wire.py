"""A server that answers as it was told, in the wire format of a real store, and remembers what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Told:
    """One answer. `declared` is the Content-Length, where the answer is to break off before it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    declared: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class FakeStore:
    url: str
    told: list[Told] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def will_answer(self, *answers: Told) -> None:
        self.told.extend(answers)

    @property
    def lines(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextmanager
def fake_store() -> Iterator[FakeStore]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            fake.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            told = fake.told.pop(0)
            self.send_response(told.status)
            length = len(told.body) if told.declared is None else told.declared
            for name, value in {"Content-Length": str(length), "Connection": "close", **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)
            self.close_connection = True

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815  names of the base class

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake = FakeStore(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield fake
        server.shutdown()
        thread.join()
