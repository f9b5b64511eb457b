"""Processes that live as long as one run: started on free ports, waited for, and stopped whatever happens."""

import ctypes
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.bootstrap import ROOT
from scripts.services.errors import ServiceError

LOOPBACK: Final = "127.0.0.1"
SECONDS_TO_ANSWER: Final = 60
SECONDS_TO_STOP: Final = 5
# Below the ports that systems give to outgoing connections.
PORTS: Final = range(20_000, 32_000)
PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl(2)

# Not the shared generator, which tests seed alike in every process.
_chance = random.SystemRandom()
_handed_out: set[int] = set()


def free_port() -> int:
    """Return a port of this machine that nobody listens on, never twice; another run hardly picks it as well."""
    while True:
        port = _chance.choice(PORTS)
        if port in _handed_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _handed_out.add(port)
        return port


def listens(port: int) -> bool:
    """Say whether somebody accepts connections there."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


class Processes:
    """Everything that was started, with the files where it may write; `stop()` ends all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, command: Sequence[str], *, ready: Callable[[], bool]) -> None:
        """Start a program and return once `ready` says so.

        Raises:
            ServiceError: it ended instead, or did not get ready in time.
        """
        self.start_together({name: command}, ready=ready)

    def start_together(self, commands: Mapping[str, Sequence[str]], *, ready: Callable[[], bool]) -> None:
        """Start programs that make one service and return once `ready` says so.

        Raises:
            ServiceError: one ended instead, or they did not get ready in time.
        """
        started = {name: self._launch(name, command) for name, command in commands.items()}
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not ready():
            for name, process in started.items():
                if process.poll() is not None:
                    message = f"{name} ended with status {process.returncode} as it started: {self._tail(name)}"
                    raise ServiceError(message)
            if time.monotonic() > deadline:
                name = next(reversed(started))
                message = f"{name} did not answer within {SECONDS_TO_ANSWER} seconds: {self._tail(name)}"
                raise ServiceError(message)
            time.sleep(0.05)

    def _launch(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._log(name).open("wb") as output:
            process = subprocess.Popen(  # its own group: Ctrl-C is for the tests, which end before their services do
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_die_with_the_parent,  # noqa: PLW1509  no threads here
            )  # fmt: skip
        self._running.append(process)
        return process

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _tail(self, name: str) -> str:
        """Return the end of what a program printed."""
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " / ".join(lines[-5:]) or "it printed nothing"

    def stop(self) -> None:
        """End all of them, the last one first."""
        for process in reversed(self._running):
            process.terminate()
        for process in self._running:
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


def _die_with_the_parent() -> None:
    """Have Linux end the service if this run is killed (SIGKILL) before it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
