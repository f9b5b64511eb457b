"""The wire to clamd: `INSTREAM` and `PING` (clamd(8)), over TCP or a Unix socket.

Commands end in NUL. A stream is chunks, each behind its length as four bytes in network order, and ends with a chunk
of length zero. A clamd that has had more than its `StreamMaxLength` says so and hangs up while we still send.
"""

import re
import select
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from apps.files.scanning.base import Outcome, ScannerUnavailable, Verdict

DEFAULT_PORT: Final = 3310
CONNECT_SECONDS: Final = 10
MOST_CHUNK_BYTES: Final = 1024 * 1024
_MOST_ANSWER_BYTES: Final = 4096
_ANSWER: Final = re.compile(r"\Astream: (?:(?P<clean>OK)|(?P<finding>.+) FOUND)\Z")
_TOO_LARGE: Final = "size limit exceeded"


class Clamd:
    """A clamd at `tcp://host:port` or `unix:/path`.

    Args:
        url: where it listens.
        seconds: how long it may be silent, at most; it thinks after the last byte.

    Raises:
        ValueError: the URL is neither.
    """

    def __init__(self, url: str, *, seconds: float) -> None:
        parts = urlsplit(url)
        is_tcp = parts.scheme == "tcp" and bool(parts.hostname)
        if not is_tcp and not (parts.scheme == "unix" and parts.path):
            message = f"CLAMD_URL is {url!r}: write tcp://host:port or unix:/path/of/clamd.ctl."
            raise ValueError(message)
        self._address = (parts.hostname or "", parts.port or DEFAULT_PORT) if is_tcp else None
        self._path = parts.path
        self._seconds = seconds

    def ping(self) -> None:
        """Ask whether it is there. Raises ScannerUnavailable."""
        with self._conversation() as wire:
            _sent(wire, b"zPING\0")
            answer = _answer(wire)
        if answer != "PONG":
            message = f"clamd answered {answer!r} to PING."
            raise ScannerUnavailable(message)

    def scan(self, chunks: Iterable[bytes], /) -> Verdict:
        """Return what clamd says about the bytes that `chunks` make up.

        Raises:
            ScannerUnavailable: there is no verdict. What `chunks` raise is passed on.
        """
        with self._conversation() as wire:
            for frame in _frames(chunks):
                if not _sent(wire, frame):
                    break
            answer = _answer(wire)
        return _verdict(answer)

    @contextmanager
    def _conversation(self) -> Iterator[socket.socket]:
        try:
            wire = self._connected()
        except OSError as error:
            message = f"clamd cannot be reached: {error}"
            raise ScannerUnavailable(message) from error
        with wire:
            wire.settimeout(self._seconds)
            yield wire

    def _connected(self) -> socket.socket:
        if self._address:
            return socket.create_connection(self._address, timeout=CONNECT_SECONDS)
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(CONNECT_SECONDS)
        try:
            wire.connect(self._path)
        except OSError:
            wire.close()
            raise
        return wire


def _frames(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for chunk in chunks:
        for at in range(0, len(chunk), MOST_CHUNK_BYTES):
            piece = chunk[at : at + MOST_CHUNK_BYTES]
            yield struct.pack("!I", len(piece)) + piece
    yield struct.pack("!I", 0)


def _sent(wire: socket.socket, frame: bytes) -> bool:
    """Send a frame; return whether clamd still listens: it may have answered, or hung up with an answer."""
    if select.select([wire], [], [], 0)[0]:
        return False
    try:
        wire.sendall(frame)
    except (BrokenPipeError, ConnectionResetError):
        return False
    except OSError as error:
        message = f"clamd took no more bytes: {error}"
        raise ScannerUnavailable(message) from error
    return True


def _answer(wire: socket.socket) -> str:
    received = b""
    try:
        while len(received) < _MOST_ANSWER_BYTES and not received.endswith(b"\0"):
            piece = wire.recv(_MOST_ANSWER_BYTES)
            if not piece:
                break
            received += piece
    except OSError as error:
        message = f"clamd did not answer: {error}"
        raise ScannerUnavailable(message) from error
    return received.rstrip(b"\0\r\n").decode("utf-8", errors="replace")


def _verdict(answer: str) -> Verdict:
    if _TOO_LARGE in answer:
        return Verdict(Outcome.TOO_LARGE)
    match = _ANSWER.match(answer)
    if match is None:
        message = f"clamd gave no verdict but {answer!r}."
        raise ScannerUnavailable(message)
    return Verdict(Outcome.CLEAN) if match["clean"] else Verdict(Outcome.INFECTED, match["finding"])
