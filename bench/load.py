"""Load on one server: with `wrk` where it is installed, else with a client of our own."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.client import SECONDS_TO_ANSWER
from bench.environment import HOST, PYTHON, BenchError, for_child
from bench.frames import write_frames
from lms_backend.environment import BASE_DIR

SECONDS_TO_END = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """One round: `p50`, `p95` and `p99` in seconds, `client_cpu` as a share of one core."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    client_cpu: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class LoadGenerator:
    """Which program sends; `wrk` is its path, or None for our own client."""

    wrk: str | None
    connections: int

    @property
    def name(self) -> str:
        return "wrk" if self.wrk else "bench.client"

    def run(self, port: int, requests: Sequence[bytes], *, seconds: float, repeat: bool) -> Sample:
        """Send `requests` in turn for `seconds`; over again when `repeat`, otherwise each once.

        Raises:
            BenchError: an answer was no success, or the server was gone.
        """
        with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder:
            frames = Path(folder) / "frames"
            write_frames(frames, requests)
            before = _children_cpu()
            started = time.perf_counter()
            # wrk would begin again at the end of the list.
            result = (
                _with_wrk(self, port, frames, seconds)
                if self.wrk and repeat
                else _own(self, port, frames, seconds, repeat=repeat)
            )
            cpu = (_children_cpu() - before) / (time.perf_counter() - started)
        if result["failures"]:
            message = f"{result['failures']} of {result['requests']} requests failed. {result.get('first_failure', '')}"
            raise BenchError(message)
        quantiles = (result["p50"], result["p95"], result["p99"])
        return Sample(result["requests"], result["seconds"], *quantiles, result.get("client_cpu", cpu))


def find(connections: int) -> LoadGenerator:
    """Return the load generator of this machine."""
    return LoadGenerator(shutil.which("wrk"), connections)


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _with_wrk(load: LoadGenerator, port: int, frames: Path, seconds: float) -> dict[str, Any]:
    arguments = [
        *(str(load.wrk), "--threads", "1", "--connections", str(load.connections)),
        # Its own patience ends after 2 s, which sixteen logins on a busy machine take: slow, but no failure.
        *("--timeout", f"{SECONDS_TO_ANSWER:.0f}s"),
        *("--duration", f"{max(1, round(seconds))}s", "--script", str(BASE_DIR / "bench" / "wrk.lua")),
        f"http://{HOST}:{port}/",
    ]
    return _last_line(arguments, seconds, {"FRAMES": str(frames)})


def _own(load: LoadGenerator, port: int, frames: Path, seconds: float, *, repeat: bool) -> dict[str, Any]:
    arguments = [
        *(PYTHON, "-m", "bench.client", HOST, str(port), str(seconds), str(load.connections)),
        *("1" if repeat else "0", str(frames)),
    ]
    return _last_line(arguments, seconds, {})


def _last_line(arguments: list[str], seconds: float, variables: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        arguments, env=for_child(variables), cwd=BASE_DIR, check=False, capture_output=True, text=True,
        timeout=seconds + SECONDS_TO_END,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        message = f"The load generator failed: {done.stderr.strip() or done.stdout.strip()}"
        raise BenchError(message)
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
