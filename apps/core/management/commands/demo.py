"""`demo`: migrate, seed, serve, and say what to try first."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from typing import Any, NoReturn

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 10
POLITE_SIGNALS = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

SCREEN = """
The LMS platform is running. Ctrl-C stops it.

  API documentation   http://localhost:{port}/api/schema/swagger-ui/
                      http://localhost:{port}/api/schema/redoc/
  Administration      http://localhost:{port}/admin/
  Acme Learning       http://acme.localhost:{port}/admin/
  TechU Academy       http://techu.localhost:{port}/admin/

Everybody's password is password123

  Platform staff      admin@lms.local
  Tenant admin        admin@acme.local             admin@techu.local
  Instructor          john.smith@acme.local        john.smith@techu.local
  Learner             alice.williams@acme.local    alice.williams@techu.local

Three requests to try in another terminal:

  TOKEN=$(curl -s -X POST http://localhost:{port}/api/auth/login/ -H "Content-Type: application/json" \\
    -d '{{"email": "alice.williams@acme.local", "password": "password123"}}' \\
    | {python} -c 'import json, sys; print(json.load(sys.stdin)["access"])')
  curl -s "http://localhost:{port}/api/courses/?status=published" -H "Authorization: Bearer $TOKEN"
  curl -s http://localhost:{port}/api/enrollments/my/ -H "Authorization: Bearer $TOKEN"
"""


class Command(BaseCommand):
    """Run the platform with two demo schools."""

    help = "Migrate, seed two demo schools, serve them on 127.0.0.1, and print what to try."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C."""
        port = port_to_use()
        refuse_a_port_in_use(port)
        self.stdout.write("Migrating the database")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("seed_demo_data")
        call_command("deliver_events", stdout=StringIO())  # what a process that was killed left behind
        for polite in POLITE_SIGNALS:
            signal.signal(polite, interrupt)
        server = start_server(port)
        try:
            wait_until_it_answers(server, port)
            self.stdout.write(SCREEN.format(port=port, python=sys.executable))
            self.stdout.flush()  # a file or a pipe shows it only now and not when all is over
            server.wait()
        except KeyboardInterrupt:
            self.stdout.write("\nStopping")
        finally:
            stop_server(server)
        if server.returncode not in {0, -signal.SIGTERM, -signal.SIGINT}:
            message = f"The server ended with exit code {server.returncode}."
            raise CommandError(message)


def port_to_use() -> int:
    """Return the port that `PORT` asks for."""
    value = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not value.isdigit() or not 0 < int(value) < 2**16:
        message = f"PORT={value} is no port."
        raise CommandError(message)
    return int(value)


def refuse_a_port_in_use(port: int) -> None:
    """Stop before the minute of work when nobody could reach the result."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT=8001"
            raise CommandError(message) from error


def start_server(port: int) -> subprocess.Popen[bytes]:
    """Start the same server as in production, without Django's debugging pages unless `DEBUG` asks for them.

    In a process group of its own Ctrl-C reaches this process alone, which then stops the server. Told twice
    to stop, by the terminal and by us, the server hangs now and then.
    """
    arguments = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--log-level", "warning"]
    arguments += ["--blocking-threads", "4", "--backpressure", "64"]
    command = [sys.executable, "-m", "granian", *arguments, "lms_backend.wsgi:application"]
    environment = {"DEBUG": "False", **os.environ}
    return subprocess.Popen(command, env=environment, process_group=0)  # noqa: S603  our own arguments


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    """Return once `/health` says 200."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while server.poll() is None and time.monotonic() < deadline:
        if answers(port):
            return
        time.sleep(0.1)
    message = "The server did not start: see the lines above."
    raise CommandError(message)


def answers(port: int) -> bool:
    """Tell whether the server is healthy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop_server(server: subprocess.Popen[bytes]) -> None:
    """End the server: kindly, then firmly."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def interrupt(*_signal: Any) -> NoReturn:
    """Treat a polite request to end like Ctrl-C."""
    raise KeyboardInterrupt
