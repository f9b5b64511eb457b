"""What `make test-services` starts is waited for, explained when it fails, and never outlives the run."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lms_backend.environment import BASE_DIR
from scripts.services.errors import ServiceError
from scripts.services.processes import Processes, free_port, listens

SERVE = "import socket, sys, time; server = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"
RUN = """
import sys, time
from pathlib import Path
from scripts.services.processes import Processes, listens
folder, port, program = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
command = [sys.executable, "-c", program, str(port)]
Processes(folder).start("server", command, ready=lambda: listens(port))
print("up", flush=True)
time.sleep(60)
"""


def test_a_service_is_up_when_start_returns_and_gone_after_stop(tmp_path: Path) -> None:
    processes, port = Processes(tmp_path), free_port()

    processes.start("server", [sys.executable, "-c", SERVE, str(port)], ready=lambda: listens(port))
    was_up = listens(port)
    processes.stop()

    assert (was_up, listens(port)) == (True, False)


def test_a_service_that_ends_is_told_with_its_own_words(tmp_path: Path) -> None:
    processes = Processes(tmp_path)

    with pytest.raises(ServiceError) as caught:
        processes.start("server", [sys.executable, "-c", "raise SystemExit('no disk')"], ready=lambda: False)

    assert str(caught.value) == "server ended with status 1 as it started: no disk"


def test_a_service_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", RUN, str(tmp_path), str(port), SERVE]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "up\n"
        (server,) = psutil.Process(run.pid).children()
        run.kill()

    deadline = time.monotonic() + 5
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not listens(port)


def test_ports_are_free_and_never_handed_out_twice() -> None:
    ports = [free_port() for _ in range(200)]

    assert len(set(ports)) == 200
    assert not any(listens(port) for port in ports)
