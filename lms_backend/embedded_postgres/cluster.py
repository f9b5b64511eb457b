"""A cluster's life: made, configured, started, stopped."""

import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from lms_backend.embedded_postgres.account import Account
from lms_backend.embedded_postgres.errors import EmbeddedPostgresError
from lms_backend.embedded_postgres.places import WINDOWS, Places
from lms_backend.embedded_postgres.state import ADMIN_ROLE, Server

UNIX_PORT = 5432
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20

# fsync and synchronous_commit keep their safe defaults: what was committed survives a crash.
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "effective_cache_size": "'1GB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "max_wal_size": "'1GB'",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
    # The password is random: stretching it would only cost time at every connection.
    "scram_iterations": "1",
    "unix_socket_permissions": "0700",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data directory with the programs and the account that run it."""

    places: Places
    installation: Path
    account: Account

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs."""
        return str(self.installation / "bin" / (f"{name}.exe" if WINDOWS else name))

    def create(self, password: str, scratch: Path) -> None:
        """Make the data directory, whole or not at all, unless it is there."""
        if self.places.cluster.exists():
            return
        draft = self.places.folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        self.account.owns(draft)
        password_file = scratch / "password"
        password_file.write_text(password, encoding="utf-8")
        self.account.owns(password_file)
        code, output = self.account.run(
            [
                *(self.program("initdb"), "--pgdata", self.account.name_of(draft), "--username", ADMIN_ROLE),
                *("--auth", "scram-sha-256", "--pwfile", str(password_file)),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "builtin"),
            ],
            cwd=draft,
        )
        password_file.unlink()
        if code:
            raise EmbeddedPostgresError(_why("could not be set up", output, draft))
        draft.rename(self.places.cluster)

    def configure(self, server: Server) -> None:
        """Write the whole configuration anew: it follows the code, not the day the data were made."""
        where = (
            {"listen_addresses": f"'{server.host}'", "unix_socket_directories": "''"}
            if WINDOWS
            else {"listen_addresses": "''", "unix_socket_directories": f"'{server.host}'"}
        )
        lines = [f"{name} = {value}" for name, value in {**SETTINGS, **where, "port": str(server.port)}.items()]
        path = self.places.cluster / "postgresql.conf"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        self.account.owns(path)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        cluster = self.places.cluster
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            self.places.log.unlink(missing_ok=True)
            code, output = self.account.run(
                [
                    *(self.program("pg_ctl"), "start", "--wait", "--timeout", str(SECONDS_TO_START)),
                    *("--pgdata", self.account.name_of(cluster), "--log", "server.log"),
                ],
                cwd=cluster,
            )
            if code == 0:
                return
            output += self._log()
            # Processes of a killed server hold its memory until they notice: moments.
            if "still in use" not in output or time.monotonic() > deadline:
                raise EmbeddedPostgresError(_why("did not start", output, cluster))
            time.sleep(0.2)

    def end_leftovers(self) -> None:
        """End a server of ours that nobody can reach, and forget a process id that is somebody else's by now."""
        note = self.places.cluster / "postmaster.pid"
        process = self._noted_process(note)
        if process is None:
            note.unlink(missing_ok=True)
            return
        process.send_signal(signal.SIGTERM if WINDOWS else signal.SIGINT)
        try:
            process.wait(SECONDS_TO_STOP)
        except psutil.TimeoutExpired:
            process.send_signal(signal.SIGTERM if WINDOWS else signal.SIGQUIT)
            process.wait(SECONDS_TO_STOP)

    def _noted_process(self, note: Path) -> psutil.Process | None:
        try:
            process = psutil.Process(int(note.read_text(encoding="utf-8").splitlines()[0]))
            return process if self.places.cluster.samefile(process.cwd()) else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def _log(self) -> str:
        try:
            return self.places.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def new_server(folder: Path, password: str) -> Server:
    """Return the address that a server about to start gets: a socket in `folder`, or a free port on Windows."""
    if not WINDOWS:
        return Server(str(folder), UNIX_PORT, password)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Server("127.0.0.1", int(probe.getsockname()[1]), password)


def new_password() -> str:
    """Return a password that needs no escaping anywhere."""
    return secrets.token_hex(24)


def _why(what: str, output: str, cluster: Path) -> str:
    if "No space left on device" in output:
        return f"The embedded PostgreSQL {what}: the disk of {cluster} is full."
    lines = [line for line in output.splitlines() if "FATAL" in line or "error:" in line] or output.splitlines()[-1:]
    reason = lines[0].strip() if lines else "no output"
    return f"The embedded PostgreSQL {what}: {reason} (data: {cluster}). Set DATABASE_URL to use another server."
