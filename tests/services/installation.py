"""The platform as operators run it: web, worker and beat as processes of their own, with production's settings."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.users.factories import start_session_of
from apps.users.models import User
from apps.users.tokens import sign_access_token
from lms_backend.environment import BASE_DIR

SECONDS = 60
SECONDS_OF_A_REQUEST = 20


def wait_until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {seconds} seconds: {what}")
        time.sleep(0.05)


def database_url() -> str:
    """Return the URL of this test's database, as the unprivileged role."""
    database = connection.settings_dict
    port = f":{database['PORT']}" if database["PORT"] else ""
    who = f"{database['USER']}:{database['PASSWORD']}"
    return f"postgres://{who}@{quote(str(database['HOST']), safe='')}{port}/{database['NAME']}"


@dataclass
class Answer:
    """What the web process said."""

    status: int
    body: Any


@dataclass
class Installation:
    """Processes that share a configuration; the end of the `with` block ends all of them."""

    folder: Path
    variables: dict[str, str]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Return production's variables, so that nothing of the developer's own decides."""
        inherited = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "DJANGO_SETTINGS_ENV": "production",
            "DEBUG": "False",
            "SECRET_KEY": settings.SECRET_KEY,
            "JWT_SECRET_KEY": settings.JWT_SECRET_KEY,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "SECURE_SSL_REDIRECT": "False",
            "DATABASE_URL": database_url(),
            "DATABASE_OWNER_URL": "",
            "CACHE_URL": "",
            "CELERY_RESULT_BACKEND": "",
            "AWS_STORAGE_BUCKET_NAME": "",
            "MEDIA_ROOT": str(self.folder / "media"),
            **self.variables,
        }

    def start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        """Start a process; what it prints is kept for the test."""
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start_web(self) -> int:
        """Start a web process that answers; return its port."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        arguments = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "2"]
        process = self.start(f"web-{port}", "granian", *arguments, "lms_backend.wsgi:application")

        def answers() -> bool:
            self.must_live(process, f"web-{port}")
            with suppress(OSError):
                return ask(port, "GET", "/health").status == 200
            return False

        wait_until(answers, f"the web process answers: {self.log(f'web-{port}')}")
        return port

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker that takes tasks."""
        before = self.printed("worker").count(" ready.")
        process = self.start("worker", "sh", "docker/entrypoint.sh", "worker")

        def is_ready() -> bool:
            self.must_live(process, "worker")
            return self.printed("worker").count(" ready.") > before

        wait_until(is_ready, "the worker is ready")
        return process

    def start_beat(self) -> "subprocess.Popen[bytes]":
        """Start the clock."""
        return self.start("beat", "sh", "docker/entrypoint.sh", "beat")

    def call(self, task: str, *arguments: str) -> None:
        """Send a task, as an operator does at the command line."""
        command = ["celery", "-A", "lms_backend", "call", task, "--args", json.dumps(arguments)]
        subprocess.run(command, cwd=BASE_DIR, env=self.environment(), check=True, capture_output=True)

    def printed(self, name: str) -> str:
        log = self.log(name)
        return log.read_text(errors="replace") if log.exists() else ""

    def must_live(self, process: "subprocess.Popen[bytes]", name: str) -> None:
        if process.poll() is not None:
            pytest.fail(f"{name} ended with status {process.returncode}:\n{self.printed(name)[-3000:]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.processes:
            kill_family(process)


def family_of(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Return a process and all that it started."""
    head = psutil.Process(process.pid)
    return [head, *head.children(recursive=True)]


def kill_family(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it started, as the machine's failure would."""
    if process.poll() is None:
        for member in family_of(process):
            with suppress(psutil.NoSuchProcess):
                member.send_signal(signal.SIGKILL)
        process.wait()


def token_of(user: User) -> str:
    """Return an access token of a new session."""
    session = start_session_of(user)
    return sign_access_token(
        user_id=user.id, tenant_id=user.tenant_id, session_id=session.id, roles=user.roles, now=timezone.now()
    )


def ask(port: int, method: str, path: str, body: Any = None, *, user: User | None = None, school: str = "") -> Answer:
    """Ask a web process, as a user or as nobody, perhaps naming a school by its slug."""
    headers = {"Content-Type": "application/json"}
    if school:
        headers["X-Tenant-Slug"] = school
    if user is not None:
        headers["Authorization"] = f"Bearer {token_of(user)}"
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_OF_A_REQUEST)
    try:
        web.request(method, path, None if body is None else json.dumps(body), headers)
        response = web.getresponse()
        content = response.read()
        return Answer(response.status, json.loads(content) if content else None)
    finally:
        web.close()
