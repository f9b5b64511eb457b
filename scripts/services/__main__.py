"""Start the outside services, run the tests marked `services` against them, stop the services.

What the environment names already is used as it is and not started: `TEST_REDIS_URL` (its databases are emptied),
`TEST_CLAMD_URL`, `TEST_S3_ENDPOINT_URL` with its key and bucket, `TEST_AZURE_CONNECTION_STRING` with
its container.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

import psutil

from scripts import bootstrap
from scripts.services import azurite, clamd, installing, redis_server, s3, smtp
from scripts.services.errors import ServiceError
from scripts.services.processes import Processes

# Each service with the variable that says where one runs already.
SERVICES: Final[dict[str, Callable[[Processes], dict[str, str]]]] = {
    "TEST_REDIS_URL": redis_server.start,
    "TEST_SMTP_PORT": smtp.start,
    "TEST_CLAMD_URL": clamd.start,
    "TEST_AZURE_CONNECTION_STRING": azurite.start,
    "TEST_S3_ENDPOINT_URL": s3.start,
}
INTERRUPTED: Final = 130


def main() -> int:
    """Run the tests; return pytest's verdict, 1 when a service cannot be had, 130 when interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    folder: Path | None = None
    processes: Processes | None = None
    try:
        installing.install_programs()
        _drop_abandoned()
        folder = Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=installing.FOLDER))
        processes = Processes(folder)
        return _run_tests(_start_services(processes))
    except (ServiceError, bootstrap.BootstrapError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if processes:
            processes.stop()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _drop_abandoned() -> None:
    """Remove what runs left behind that were killed."""
    for folder in installing.FOLDER.glob("run-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start_services(processes: Processes) -> dict[str, str]:
    """Start what the environment does not name; return the variables of all that was started."""
    found: dict[str, str] = {}
    for variable, start in SERVICES.items():
        if os.environ.get(variable):
            print(f"{variable} is set: {os.environ[variable]}", flush=True)
            continue
        started = time.monotonic()
        variables = start(processes)
        if variables:
            name = start.__module__.rpartition(".")[2]
            print(f"{name} is up ({time.monotonic() - started:.1f} s)", flush=True)
        found |= variables
    return found


def _run_tests(variables: dict[str, str]) -> int:
    environment = {**os.environ, **variables}
    marks = "services"
    if not environment.get("TEST_AZURE_CONNECTION_STRING"):
        print("Tests for Azure are deselected: they need Node.js and npm (Azurite), or TEST_AZURE_CONNECTION_STRING.")
        marks = "services and not azure"
    command = [sys.executable, "-m", "pytest", "-m", marks, *sys.argv[1:]]
    with subprocess.Popen(command, cwd=bootstrap.ROOT, env=environment) as tests:
        try:
            return tests.wait()
        except KeyboardInterrupt:
            # At a terminal they got Ctrl-C as well, and clean up.
            tests.send_signal(signal.SIGINT)
            tests.wait(30)
            raise


if __name__ == "__main__":
    sys.exit(main())
