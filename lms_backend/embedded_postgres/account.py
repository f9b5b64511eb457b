"""The system account that PostgreSQL runs as: it refuses to run as root.

Root starts it as `nobody`. That account may reach neither the checkout (root's home is closed) nor the wheel
inside of it; instead of opening those folders to everybody, the process is started *in* its data folder and
told to use `/proc/self/cwd`, and the binaries are copied beside the socket when they are out of its reach.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms_backend.embedded_postgres.errors import EmbeddedPostgresError

HERE = Path("/proc/self/cwd")
SERVANT = "nobody"
SECONDS_PER_COMMAND = 120


@dataclass(frozen=True, slots=True)
class Account:
    """Runs PostgreSQL's programs. `uid` and `gid` are set when it is another account than ours."""

    uid: int | None = None
    gid: int | None = None
    identity: dict[str, Any] = field(default_factory=dict)

    def owns(self, path: Path) -> None:
        """Hand `path` to the account, closed to everybody else."""
        path.chmod(0o700 if path.is_dir() else 0o600)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def name_of(self, cluster: Path) -> str:
        """Return the name under which a program started in `cluster` finds it."""
        return str(cluster if self.uid is None else HERE)

    def run(self, arguments: list[str], cwd: Path) -> tuple[int, str]:
        """Run a program as the account; return its exit code and what it printed.

        The output goes through a file: a server that outlives the program would keep a pipe open.
        """
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        environment = {name: value for name, value in environment.items() if not name.startswith("PG")}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            try:
                code = subprocess.run(  # noqa: S603  programs of the wheel, arguments of our own
                    arguments, cwd=cwd, env=environment, check=False, timeout=SECONDS_PER_COMMAND,
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    start_new_session=True, **self.identity,
                ).returncode  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                return 1, str(error)
            output.seek(0)
            return code, output.read()

    def reachable(self, installation: Path, beside: Path) -> Path:
        """Return an installation that the account can execute: `installation`, or a copy below `beside`."""
        if self.uid is None or self.run([str(installation / "bin" / "postgres"), "--version"], Path("/"))[0] == 0:
            return installation
        package = installation.parent
        copy = beside / package.name / installation.name
        shutil.copytree(installation, copy, symlinks=True)
        # The programs look for their libraries two folders up, where the wheel keeps them.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, beside / libraries.name, symlinks=True)
        for path in beside.rglob("*"):
            os.chown(path, *self._ids(), follow_symlinks=False)
        return copy

    def _ids(self) -> tuple[int, int]:
        return (-1 if self.uid is None else self.uid), (-1 if self.gid is None else self.gid)


def current() -> Account:
    """Return the account to use: our own, or `nobody` when we are root.

    Raises:
        EmbeddedPostgresError: we are root on a system where this cannot be done.
    """
    if os.name == "nt" or os.geteuid() != 0:
        return Account()
    import pwd  # noqa: PLC0415  absent on Windows

    try:
        entry = pwd.getpwnam(SERVANT)
    except KeyError:
        entry = None
    if entry is None or not HERE.exists():
        message = "PostgreSQL does not run as root here: use another user, or set DATABASE_URL."
        raise EmbeddedPostgresError(message)
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return Account(entry.pw_uid, entry.pw_gid, identity)
