"""`python -m bench.gradebook`: a gradebook of 5,000 learners and 100 items, in windows and as files.

Windows of 50 learners by 50 items are asked for one after the other, from the server as it is in production. Each
export runs as its job does in a process of its own: the peak of that process's memory is printed, beside what it had
before, and the statements, for all the learners and for a tenth of them.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from bench import database, servers
from bench.build import SIZES
from bench.client import Connection
from bench.environment import HOST, PYTHON, BenchError, for_child, set_up_django
from bench.requests import Request
from lms_backend.environment import BASE_DIR

MEGABYTE = 1024 * 1024
WARM_UP = 10
MOST_STATEMENTS = 15
MOST_SECONDS = 600
FORMATS = ("csv", "xlsx")
# The tenth of the learners that has completed the course, and everybody.
STATUSES = ("completed", "")


@dataclass(frozen=True, slots=True)
class Windows:
    """The latencies of the windows in seconds, sorted, with the size of the largest answer and the statements."""

    latencies: Sequence[float]
    largest: int
    statements: int

    def __str__(self) -> str:
        quantiles = ", ".join(f"p{q} {self._quantile(q) * 1000:.0f} ms" for q in (50, 95, 99))
        return (
            f"window of 50 by 50: {quantiles} of {len(self.latencies)} requests, up to {self.largest / 1000:,.0f} kB, "
            f"{self.statements} statements (at most {MOST_STATEMENTS})"
        )

    def _quantile(self, percent: int) -> float:
        return self.latencies[min(len(self.latencies) - 1, len(self.latencies) * percent // 100)]


def main() -> int:
    """Measure and print; 1 when something did not run."""
    options = _options()
    try:
        with ExitStack() as stack:
            server = database.server_at_hand()
            print("database: building, or copying the one that was built …", flush=True)
            name = stack.enter_context(database.database_of_the_run(server, rebuild=False))
            media = stack.enter_context(TemporaryDirectory(prefix="lms-bench-"))
            variables = server.variables(name) | {"MEDIA_ROOT": media}
            set_up_django(variables)
            with servers.platform_server(variables) as platform:
                print(_windows(platform.port, options.requests), flush=True)
            if not options.no_exports:
                for file_format in FORMATS:
                    for status in STATUSES:
                        print(_export(variables, file_format, status), flush=True)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.gradebook", description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="windows to ask for (default: %(default)s)")
    parser.add_argument("--no-exports", action="store_true", help="measure the windows alone")
    return parser.parse_args()


def _windows(port: int, wanted: int) -> Windows:
    from bench.grids import windows  # noqa: PLC0415  it imports models
    from bench.people import audience  # noqa: PLC0415
    from bench.statements import answer, count, handler  # noqa: PLC0415

    requests = windows(audience(SIZES[-1].slug))
    connection = Connection((HOST, port))
    for request in requests[:WARM_UP]:
        _timed(connection, request)
    timed = [_timed(connection, requests[number % len(requests)]) for number in range(wanted)]
    connection.socket.close()
    made = handler()
    answer(made, requests[0])
    latencies = sorted(seconds for seconds, _ in timed)
    return Windows(latencies, max(size for _, size in timed), len(count(made, requests[1])))


def _timed(connection: Connection, request: Request) -> tuple[float, int]:
    """Return the seconds until the whole answer was there, and its size."""
    started = time.perf_counter()
    connection.send(request.raw())
    while not connection.receive():
        pass
    if not connection.succeeded:
        message = f"{request.path} failed: {connection.buffer[:500]!r}"
        raise BenchError(message)
    return time.perf_counter() - started, len(connection.buffer)


def _export(variables: dict[str, str], file_format: str, status: str) -> str:
    arguments = [PYTHON, "-m", "bench.gradebook_export", file_format, status]
    done = subprocess.run(
        arguments, env=for_child(variables), cwd=BASE_DIR, check=False, capture_output=True, text=True,
        timeout=MOST_SECONDS,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        message = f"The export failed: {done.stderr.strip()[-2000:] or done.stdout.strip()}"
        raise BenchError(message)
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    return (
        f"export {file_format:>4}, {facts['learners']:,} learners: {facts['seconds']:.1f} s, "
        f"{facts['size'] / MEGABYTE:.1f} MB, memory {facts['before'] / MEGABYTE:.0f} MB before and "
        f"{facts['peak'] / MEGABYTE:.0f} MB at its peak, {facts['statements']} statements "
        f"and {facts['beats']} signs of life"
    )


if __name__ == "__main__":
    sys.exit(main())
