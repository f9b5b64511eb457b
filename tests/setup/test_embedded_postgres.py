"""The embedded PostgreSQL: private, unprivileged roles, and on its feet again after anything."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg
import pytest

from lms_backend import embedded_postgres as embedded
from lms_backend.embedded_postgres import errors, places
from lms_backend.embedded_postgres.__main__ import main as command_line

pytestmark = [pytest.mark.timeout(60), pytest.mark.xdist_group("embedded")]

LONG = "a-folder-name-that-is-long-enough-to-overflow-the-path-of-a-socket"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose path no Unix socket could have."""
    folder = tmp_path / LONG / LONG / "postgres"
    yield folder
    embedded.stop(folder)


def postmaster_of(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def one(server: embedded.Server, role: str, query: str) -> object:
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_its_roles_are_what_their_names_say(folder: Path) -> None:
    server = embedded.start(folder)

    with psycopg.connect(server.url(embedded.ADMIN_ROLE)) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
            " FROM pg_roles WHERE rolname LIKE 'lms%' ORDER BY rolname"
        ).fetchall()
        database = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [embedded.DATABASE]
        ).fetchone()

    assert roles == [
        (embedded.RUNTIME_ROLE, False, False, False, False, False),
        (embedded.OWNER_ROLE, False, False, False, True, False),
    ]
    assert database == (embedded.OWNER_ROLE,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(server, embedded.RUNTIME_ROLE, "CREATE TABLE intruder (id int)")


def test_nobody_else_gets_in(folder: Path) -> None:
    server = embedded.start(folder)

    assert stat.S_IMODE(Path(server.host).stat().st_mode) == 0o700
    assert one(server, embedded.RUNTIME_ROLE, "SHOW listen_addresses") == ""
    assert one(server, embedded.RUNTIME_ROLE, "SHOW fsync") == "on"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(embedded.Server(server.host, server.port, "wrong").url(embedded.OWNER_ROLE))


def test_what_was_committed_survives_a_kill(folder: Path) -> None:
    server = embedded.start(folder)
    one(server, embedded.OWNER_ROLE, "CREATE TABLE kept (answer) AS VALUES (42)")

    os.kill(postmaster_of(folder), signal.SIGKILL)
    restarted = embedded.start(folder)

    assert one(restarted, embedded.OWNER_ROLE, "SELECT answer FROM kept") == 42


def test_a_process_id_that_belongs_to_somebody_else_by_now_is_no_obstacle(folder: Path) -> None:
    embedded.start(folder)
    embedded.stop(folder)
    (folder / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")

    server = embedded.start(folder)

    assert one(server, embedded.RUNTIME_ROLE, "SELECT 1") == 1


def test_a_socket_that_a_clean_up_removed_comes_back(folder: Path) -> None:
    first = embedded.start(folder)
    places.remove_socket_folder(first.host)

    second = embedded.start(folder)

    assert second.host != first.host
    assert one(second, embedded.RUNTIME_ROLE, "SELECT 1") == 1


def test_a_set_up_that_was_killed_is_done_again(folder: Path) -> None:
    (folder / "cluster.new" / "base").mkdir(parents=True)

    server = embedded.start(folder)

    assert one(server, embedded.RUNTIME_ROLE, "SELECT 1") == 1


def test_processes_that_start_it_at_once_get_the_same_server(folder: Path) -> None:
    code = (
        "import sys, pathlib; from lms_backend import embedded_postgres as e; print(e.start(pathlib.Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(folder)]

    def start(_number: int) -> str:
        return subprocess.run(command, check=True, text=True, capture_output=True).stdout

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(start, range(4)))

    assert len(answers) == 1


def test_two_checkouts_have_two_servers(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    try:
        first, second = embedded.start(folder), embedded.start(other)

        assert first.host != second.host
        assert embedded.stop(other) is True
        assert embedded.running(folder) == first
    finally:
        embedded.stop(other)


def test_stop_says_whether_it_ran(folder: Path) -> None:
    assert embedded.stop(folder) is False

    embedded.start(folder)

    assert embedded.stop(folder) is True
    assert embedded.running(folder) is None


def test_without_the_wheel_the_error_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "WHEEL", "a_wheel_that_is_not_installed")

    with pytest.raises(errors.EmbeddedPostgresError, match="set DATABASE_URL, or install"):
        embedded.start(folder)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/data"), "No permission for /data"),
        (OSError(28, "No space left on device"), "is full"),
        (OSError(30, "Read-only file system"), "read-only file system"),
    ],
)
def test_refusals_of_the_system_become_one_line(error: OSError, said: str, tmp_path: Path) -> None:
    with pytest.raises(errors.EmbeddedPostgresError, match=said), errors.explained(tmp_path):
        raise error


@pytest.fixture
def in_folder(folder: Path) -> Iterator[Path]:
    """Let the command line, which knows the checkout's server only, work on one of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("start", "stop", "running"):
            patch.setattr(embedded, name, partial(getattr(embedded, name), folder))
        yield folder


def test_the_command_line_starts_tells_and_stops(in_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(*arguments: str) -> tuple[int, str]:
        code = command_line(list(arguments))
        return code, capsys.readouterr().out.strip()

    before = answer("status")
    _, url = answer("url", "--role", embedded.OWNER_ROLE)
    with psycopg.connect(url) as connection:
        role = connection.execute("SELECT current_user").fetchone()
    running, stopped, again = answer("status"), answer("stop"), answer("stop")

    assert before == (1, "not running")
    assert role == (embedded.OWNER_ROLE,)
    assert running[0] == 0
    assert running[1].startswith("running at ")
    assert (stopped, again) == ((0, "stopped"), (0, "was not running"))


def test_the_command_line_says_in_one_line_what_went_wrong(
    in_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "WHEEL", "a_wheel_that_is_not_installed")

    assert command_line(["start"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
