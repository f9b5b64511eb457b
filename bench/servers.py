"""The two servers side by side: the platform under Granian as its image starts it, and the floor under uvicorn."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.environment import HASH_SECONDS_FOLDER, HIDDEN_MODULES, HOST, PYTHON, RESULTS, BenchError, for_child
from bench.image import what_the_image_lacks
from lms_backend.environment import BASE_DIR

PLATFORM = "platform"
FLOOR = "floor"
WORKERS = 2
# As in docker/entrypoint.sh.
THREADS = 2
BACKPRESSURE = 128
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1048576"}
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server with its worker processes."""

    name: str
    port: int
    process: psutil.Process
    hash_seconds_folder: Path | None = None

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer: those that have loaded the application."""
        children = sorted(self.process.children(recursive=True), key=lambda child: -child.memory_info().rss)
        return children[:WORKERS]

    def cpu_seconds(self) -> float:
        """Return the CPU time that the workers have used so far."""
        times = [worker.cpu_times() for worker in self.workers()]
        return sum(used.user + used.system for used in times)

    def hash_seconds(self) -> float:
        """Return the CPU time that the workers have spent in password hashes so far; 0 for the floor."""
        files = self.hash_seconds_folder.iterdir() if self.hash_seconds_folder else ()
        return sum(float(file.read_text(encoding="ascii") or 0) for file in files)

    def pss_bytes(self) -> list[int] | None:
        """Return each worker's proportional share of memory; None where the system does not tell (not Linux)."""
        try:
            return [_pss(worker.pid) for worker in self.workers()]
        except OSError:
            return None


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    message = f"/proc/{pid}/smaps_rollup has no Pss line"
    raise OSError(message)


@contextmanager
def platform_server(variables: dict[str, str]) -> Iterator[RunningServer]:
    """Run the platform as in production (see `docker/entrypoint.sh`)."""
    port = free_port()
    command = [
        *(PYTHON, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--backpressure", str(BACKPRESSURE)),
        "bench.wsgi:application",
    ]
    with TemporaryDirectory() as folder:
        more = {**MEMORY, HASH_SECONDS_FOLDER: folder, HIDDEN_MODULES: what_the_image_lacks()}
        with _running(PLATFORM, port, command, variables | more) as server:
            yield replace(server, hash_seconds_folder=Path(folder))


@contextmanager
def floor_server(variables: dict[str, str]) -> Iterator[RunningServer]:
    """Run the floor."""
    port = free_port()
    command = [
        *(PYTHON, "-m", "uvicorn", "--host", HOST, "--port", str(port), "--workers", str(WORKERS)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
        "bench.floor:app",
    ]
    with _running(FLOOR, port, command, variables) as server:
        yield server


@contextmanager
def _running(name: str, port: int, command: list[str], variables: dict[str, str]) -> Iterator[RunningServer]:
    RESULTS.mkdir(parents=True, exist_ok=True)
    log = RESULTS / f"{name}.log"
    with log.open("wb") as output:
        process = psutil.Popen(
            command, env=for_child(variables), cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _wait(process, name, port, log)
            yield RunningServer(name, port, process)
        finally:
            _stop(process)


def _wait(process: psutil.Popen, name: str, port: int, log: Path) -> None:
    """Wait until all workers are there and one of them answers."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=2) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if connection.recv(64).startswith(b"HTTP/1.1 200") and len(process.children()) >= WORKERS:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
    message = "\n".join([f"The {name} server did not start:", *lines])
    raise BenchError(message)


def _stop(process: psutil.Popen) -> None:
    try:
        family = [process, *process.children(recursive=True)]
        process.terminate()
    except psutil.NoSuchProcess:
        return
    _, alive = psutil.wait_procs(family, SECONDS_TO_STOP)
    for survivor in alive:
        survivor.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
