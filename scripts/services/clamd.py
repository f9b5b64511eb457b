"""A process that speaks clamd's protocol and knows one signature: EICAR's test file. Signatures cannot always be had.

`python -m scripts.services.clamd --port 3310` answers PING, VERSION and INSTREAM as clamd does: commands begin with
`z` (answers end in NUL) or `n` (answers end in a newline); a stream comes in chunks, each behind its length as four
bytes in network order, and ends with a chunk of length zero.
"""

import argparse
import signal
import socketserver
import sys
from typing import Final, cast

from scripts.services.processes import LOOPBACK, Processes, free_port, listens

VERSION: Final = "ClamAV 1.4.3/27500/Mon Jan  6 09:32:10 2025"
# In two parts, or this file would be the test file itself.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND: Final = "stream: Eicar-Signature FOUND"
CLEAN: Final = "stream: OK"
TOO_LARGE: Final = "INSTREAM size limit exceeded. ERROR"
MAX_COMMAND_BYTES: Final = 1024
STREAM_MAX_BYTES: Final = 100 * 1024 * 1024  # clamd's own default
READ_BYTES: Final = 64 * 1024


class ClamdServer(socketserver.ThreadingTCPServer):
    """Listens on this machine only."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, *, stream_max_bytes: int = STREAM_MAX_BYTES) -> None:
        super().__init__((LOOPBACK, port), ClamdHandler)
        self.stream_max_bytes = stream_max_bytes


class ClamdHandler(socketserver.StreamRequestHandler):
    """Answers one command and hangs up."""

    def handle(self) -> None:
        """Read the command, do it, answer."""
        prefix = self.rfile.read(1)
        end = b"\0" if prefix == b"z" else b"\n"
        command = b"" if prefix in {b"z", b"n"} else prefix
        while len(command) < MAX_COMMAND_BYTES and (byte := self.rfile.read(1)) not in {b"", end}:
            command += byte
        answer = self._answer(command)
        if answer:
            self.wfile.write(answer.encode() + end)

    def _answer(self, command: bytes) -> str:
        if command == b"INSTREAM":
            return self._scan(cast(ClamdServer, self.server).stream_max_bytes)
        return {b"PING": "PONG", b"VERSION": VERSION}.get(command, "UNKNOWN COMMAND")

    def _scan(self, limit: int) -> str:
        """Look through a stream of any size in little memory; answer nothing to one that breaks off."""
        total, end, found = 0, b"", False
        while length := int.from_bytes(self.rfile.read(4)):
            total += length
            if total > limit:
                return TOO_LARGE
            while length:
                piece = self.rfile.read(min(length, READ_BYTES))
                if not piece:
                    return ""
                length -= len(piece)
                found = found or EICAR in end + piece
                end = (end + piece)[-len(EICAR) :]
        return FOUND if found else CLEAN


def start(processes: Processes) -> dict[str, str]:
    """Start the process; return where the tests find it."""
    port = free_port()
    command = [sys.executable, "-m", "scripts.services.clamd", "--port", str(port)]
    processes.start("clamd", command, ready=lambda: listens(port))
    return {"TEST_CLAMD_URL": f"tcp://{LOOPBACK}:{port}"}


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--stream-max-bytes", type=int, default=STREAM_MAX_BYTES)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ClamdServer(options.port, stream_max_bytes=options.stream_max_bytes) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
