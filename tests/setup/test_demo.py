"""`make demo` for real: an empty database, one command, and what the screen promises is there."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from lms_backend.environment import BASE_DIR

LAST_HEADING = "Three requests to try"


@contextmanager
def ctrl_c_works() -> Iterator[None]:
    """Start processes as a terminal does: a suite that runs in the background hands on that it ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def start_demo(port: int, errors: Path, **variables: str) -> "subprocess.Popen[str]":
    """Run the command as `make demo` does, away from what the developer's own variables say."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    settings = {"DJANGO_SETTINGS_ENV": "development", "CACHE_URL": "", "CELERY_BROKER_URL": "", "DEBUG": "False"}
    with errors.open("w") as stderr, ctrl_c_works():
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=BASE_DIR, env={**inherited, **settings, "PORT": str(port), **variables},
            stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True,
        )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(empty_database: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start the demo; whatever the test does, nothing of it stays behind."""
    variables = {**empty_database, "MEDIA_ROOT": str(tmp_path / "media")}
    with start_demo(free_port(), tmp_path / "errors", **variables) as process:
        yield process
        if process.poll() is None:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            for member in family:
                member.kill()


def screen_of(process: "subprocess.Popen[str]", errors: Path) -> str:
    """Return what the command printed up to the requests to try."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(LAST_HEADING):
            return "".join(lines)
    pytest.fail(f"The demo ended before its screen:\n{errors.read_text()}")


def ask(method: str, url: str, *, body: Any = None, token: str = "") -> tuple[int, bytes]:
    """Ask the address in the way of a browser, which takes every name below localhost for this machine."""
    place = urlsplit(url)
    headers = {"Host": place.netloc, "Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    server = http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)
    try:
        server.request(method, place.path, json.dumps(body) if body else None, headers)
        response = server.getresponse()
        if response.status in {301, 302}:
            target = response.headers["Location"]
            response.read()
            return ask("GET", f"http://{place.netloc}{target}")
        return response.status, response.read()
    finally:
        server.close()


@pytest.mark.timeout(180)
def test_one_command_gives_a_platform_in_which_everything_on_its_screen_works(
    demo: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    screen = screen_of(demo, tmp_path / "errors")
    addresses = re.findall(r"^ .* (http://\S+/)$", screen, re.MULTILINE)
    accounts = re.findall(r"\S+@\S+\.local", screen)
    password = re.findall(r"Everybody's password is (\S+)", screen)[0]
    platform = f"http://{urlsplit(addresses[0]).netloc}"

    pages = {address: ask("GET", address)[0] for address in addresses}
    logins = {
        account: ask("POST", f"{platform}/api/auth/login/", body={"email": account, "password": password})
        for account in accounts
    }

    assert [urlsplit(address).path for address in addresses].count("/admin/") == 3
    assert {urlsplit(address).hostname for address in addresses} == {"localhost", "acme.localhost", "techu.localhost"}
    assert set(pages.values()) == {200}, pages
    assert len(logins) == 7
    assert {status for status, _ in logins.values()} == {200}, logins
    token = json.loads(logins["alice.williams@acme.local"][1])["access"]
    for path in ("/api/courses/", "/api/enrollments/my/"):
        status, content = ask("GET", platform + path, token=token)
        assert status == 200
        assert json.loads(content)["results"]

    demo.send_signal(signal.SIGINT)

    assert demo.wait(30) == 0


@pytest.mark.timeout(60)
def test_a_port_in_use_is_told_in_one_line_before_any_work(tmp_path: Path) -> None:
    nowhere = "postgres://nobody@localhost/nothing"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start_demo(port, tmp_path / "errors", DATABASE_URL=nowhere) as process:
            printed, _ = process.communicate()

    assert process.returncode == 1
    assert printed == ""
    (line,) = (tmp_path / "errors").read_text().splitlines()
    assert f"Port {port} cannot be used" in line
    assert "make demo PORT=" in line
